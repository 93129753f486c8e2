"""`joinfence orders`: the commands about orders."""

from __future__ import annotations

import typer

from joinfence.cli.orders_approve import approve
from joinfence.cli.orders_list import list_orders
from joinfence.cli.orders_new import new
from joinfence.cli.orders_schema import schema
from joinfence.cli.orders_show import show
from joinfence.cli.orders_suspend import suspend

app = typer.Typer(
    name="orders",
    help="List, show, write, approve and suspend orders.",
    no_args_is_help=True,
)
app.command("list")(list_orders)
for command in (show, new, approve, suspend, schema):
    app.command()(command)
