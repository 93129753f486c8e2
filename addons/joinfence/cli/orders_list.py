"""`joinfence orders list`."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from joinfence.cli.configuration import load
from joinfence.cli.order_words import COLOUR, next_event, standing_words, state
from joinfence.cli.shared import DEFAULT_CONFIG, AtOption, ConfigOption, JsonOption, console, instant
from joinfence.engine.order import standing
from joinfence.text.durations import duration

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.order import Order


def list_orders(
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """List the orders: the standing of each, what changes next, and how long until then."""
    moment = instant(at)
    orders = list(load(config, moment).policy.orders)
    if as_json:
        typer.echo(json.dumps([_document(order, moment) for order in orders], indent=2))
    else:
        _print(orders, moment)


def _document(order: Order, at: datetime) -> dict[str, Any]:
    return {
        "id": order.id,
        "version": order.version,
        "authority": order.authority.id,
        "territory": list(order.territory),
        "meetings": len(order.meetings),
        **state(order, at),
    }


def _print(orders: list[Order], at: datetime) -> None:
    if not orders:
        typer.echo("no orders")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Order", "Standing", "Next", "On", "In"):
        # Only standings may wrap, onto two lines. Nothing is ever truncated.
        table.add_column(heading, no_wrap=heading != "Standing", overflow="fold")
    table.add_column("Territory", overflow="fold", min_width=9)
    for order in orders:
        event = next_event(order, at)
        table.add_row(
            order.id,
            Text(standing_words(order, at), style=COLOUR[standing(order, at)]),
            event[0] if event else "-",
            f"{event[1].astimezone(UTC):%Y-%m-%d %H:%MZ}" if event else "-",
            duration(event[2]) if event else "-",
            " ".join(order.territory),
        )
    console().print(table)
