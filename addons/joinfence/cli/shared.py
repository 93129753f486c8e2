"""What the commands share: the console, the options for configuration and time, and how they fail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Never

import typer
from rich.console import Console
from rich.table import Table

from joinfence.config.default_main import DEFAULT_MAIN

REFUSED = 1
FAILED = 2

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The configuration's main file.", metavar="FILE")
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="The time to decide for, with time zone; by default now.", metavar="TIME"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
OrderArgument = Annotated[str, typer.Argument(help="The id of an order, such as DE-2026-0001.", metavar="ID")]
DEFAULT_CONFIG = DEFAULT_MAIN


def console() -> Console:
    """Return the console for results. It interprets no markup and truncates no text."""
    return Console(markup=False, emoji=False, highlight=False, soft_wrap=True)


def facts_table() -> Table:
    """Return an empty table for rows of a heading and a text. No text is truncated."""
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def fail(*messages: object) -> Never:
    """Print messages to standard error, one per line, and exit with FAILED."""
    for message in messages:
        typer.echo(printable(str(message)), err=True)
    raise typer.Exit(FAILED)


def instant(text: str | None) -> datetime:
    """Return the aware instant that `--at` gives, or now if it is not given. Exits if it is invalid."""
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 <= at.year < 9000:  # noqa: PLR2004 - dates that no clock shows
        fail(f'--at: found "{text}", expected a date and time with time zone, such as 2026-11-24T12:00:00Z')
    return at


def printable(text: str) -> str:
    """Return a text with control characters escaped, so that it cannot control the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
