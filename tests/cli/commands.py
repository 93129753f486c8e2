"""Runs commands in this process, on a copy of the shipped configuration, at noon on 24 November 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from joinfence.cli import app

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

NOON = "2026-11-24T12:00:00Z"


def run(
    main: Path, *arguments: str, at: str | None = NOON, given: str | None = None, width: int = 110
) -> Result:
    """Run a command with --config, and --at unless `at` is None; `given` is its standard input."""
    when = ["--at", at] if at else []
    command = [*arguments, "--config", str(main), *when]
    return CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"}).invoke(app, command, input=given)
