"""`joinfence orders`: the commands about orders."""

from __future__ import annotations

from typing import ClassVar

import typer

from joinfence.cli.lazy import Deferred, LazyGroup


class _Commands(LazyGroup):
    deferred: ClassVar[dict[str, Deferred]] = {
        "list": Deferred(
            "joinfence.cli.orders_list:list_orders",
            "List the orders: the standing of each, what changes next, and how long until then.",
        ),
        "show": Deferred(
            "joinfence.cli.orders_show:show", "Show everything an order says, and its standing."
        ),
        "new": Deferred(
            "joinfence.cli.orders_new:new",
            "Write a new order: ask for each part and say what is allowed.",
        ),
        "approve": Deferred(
            "joinfence.cli.orders_approve:approve",
            "Approve an order: show what it would change, ask for confirmation, and sign its file.",
        ),
        "suspend": Deferred(
            "joinfence.cli.orders_suspend:suspend",
            "Stop an order: write into its file that it is suspended, since when and why.",
        ),
        "schema": Deferred(
            "joinfence.cli.orders_schema:schema",
            "Print the JSON Schema of an order, with which editors check it as you type.",
        ),
    }


orders = typer.Typer(
    name="orders",
    cls=_Commands,
    help="List, show, write, approve and suspend orders.",
    no_args_is_help=True,
)
