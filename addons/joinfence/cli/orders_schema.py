"""`joinfence orders schema`."""

from __future__ import annotations

import json

import typer

from joinfence.config.orders.json_schema import order_schema


def schema() -> None:
    """Print the JSON Schema of an order, with which editors check it as you type."""
    typer.echo(json.dumps(order_schema(), indent=2))
