"""What the commands share: consoles, the options for configuration and time, and how a failure ends."""

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
    typer.Option("--at", help="The instant to decide at, with time zone; now if not given.", metavar="TIME"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
OrderArgument = Annotated[str, typer.Argument(help="The id of an order, such as DE-2026-0001.", metavar="ID")]
DEFAULT_CONFIG = DEFAULT_MAIN


def console() -> Console:
    """Return a console for results; nothing in a text is taken as markup, and nothing is cut off."""
    return Console(markup=False, emoji=False, highlight=False, soft_wrap=True)


def facts_table() -> Table:
    """Return a table without a head to add headings and what is said under each to; nothing is cut off."""
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def fail(*messages: object) -> Never:
    """Print messages to standard error, each on a line, and exit: it could not run, or is invalid."""
    for message in messages:
        typer.echo(printable(str(message)), err=True)
    raise typer.Exit(FAILED)


def instant(text: str | None) -> datetime:
    """Return the aware instant a `--at` means, now without one; exits if it is none."""
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 <= at.year < 9000:  # noqa: PLR2004 - no clock says so
        fail(f'--at: found "{text}", expected a date and time with time zone, such as 2026-11-24T12:00:00Z')
    return at


def printable(text: str) -> str:
    """Return text from outside so that a terminal shows it and does nothing else."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
