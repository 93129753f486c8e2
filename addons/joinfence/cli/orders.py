"""`joinfence orders`: the commands about orders."""

from __future__ import annotations

from typing import ClassVar

import typer

from joinfence.cli.lazy import Deferred, LazyGroup


class _Commands(LazyGroup):
    deferred: ClassVar[dict[str, Deferred]] = {
        "list": Deferred(
            "joinfence.cli.orders_list:list_orders",
            "List the orders: where each stands, what happens to it next, and how long until then.",
        ),
        "show": Deferred(
            "joinfence.cli.orders_show:show", "Show everything an order says, and where it stands."
        ),
        "new": Deferred(
            "joinfence.cli.orders_new:new",
            "Write a new order: asks for each part of its record and says what is allowed.",
        ),
        "approve": Deferred(
            "joinfence.cli.orders_approve:approve",
            "Approve an order: shows what it would change, asks, and signs the file as it stands.",
        ),
        "suspend": Deferred(
            "joinfence.cli.orders_suspend:suspend",
            "Stop an order: write into its file that it is suspended, since when and why.",
        ),
        "schema": Deferred(
            "joinfence.cli.orders_schema:schema",
            "Print the JSON Schema of an order, by which editors check a file while it is written.",
        ),
    }


orders = typer.Typer(
    name="orders",
    cls=_Commands,
    help="List, show, write, approve and suspend orders.",
    no_args_is_help=True,
)
