"""What the commands share: consoles, the options for configuration and time, and how a failure ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

import typer
from rich.console import Console

from joinfence.assembly import DEFAULT_MAIN, Loader
from joinfence.config.problems import ConfigError

if TYPE_CHECKING:
    from joinfence.assembly import Loaded

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
DEFAULT_CONFIG = DEFAULT_MAIN


def console() -> Console:
    """Return a console for results; nothing in a text is taken as markup, and nothing is cut off."""
    return Console(markup=False, emoji=False, highlight=False, soft_wrap=True)


def fail(*messages: object) -> Never:
    """Print messages to standard error, each on a line, and exit: it could not run, or is invalid."""
    for message in messages:
        typer.echo(printable(str(message)), err=True)
    raise typer.Exit(FAILED)


def load(config: Path, now: datetime) -> Loaded:
    """Return the loaded configuration, or print every problem and exit. `now` is aware."""
    try:
        return Loader(config).load(now)
    except ConfigError as error:
        fail(*error.problems, f"{len(error.problems)} problem(s) in {config}")


def instant(text: str | None) -> datetime:
    """Return the aware instant a `--at` means, now without one; exits if it is none."""
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        fail(f'--at: found "{text}", expected a date and time with time zone, such as 2026-11-24T12:00:00Z')
    return at


def printable(text: str) -> str:
    """Return text from outside so that a terminal shows it and does nothing else."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
