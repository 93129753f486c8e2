"""`joinfence status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from joinfence.cli.shared import (
    DEFAULT_CONFIG,
    REFUSED,
    AtOption,
    ConfigOption,
    JsonOption,
    console,
    fail,
    instant,
)
from joinfence.cli.status_screen import show
from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from joinfence.config.yaml.problems import ConfigError
from joinfence.monitoring.status.findings import findings, is_alive
from joinfence.monitoring.status.snapshot import read_snapshot

if TYPE_CHECKING:
    from joinfence.monitoring.status.snapshot import Snapshot


def status(
    config: ConfigOption = DEFAULT_CONFIG,
    state: Annotated[
        Path | None,
        typer.Option("--state", help="The state folder, if not the one of the configuration.", metavar="DIR"),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page for a browser to this file.", metavar="FILE")
    ] = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a flag of the command line
    at: AtOption = None,
) -> None:
    """Show on one screen what the running fence is doing and what needs attention.

    The exit status is 1 if anything needs attention.
    """
    now = instant(at)
    folder = state or _state_folder(config)
    snapshot = _read(folder)
    found = findings(snapshot, folder, now)
    if as_json:
        document = {
            "alive": snapshot is not None and is_alive(snapshot, now),
            "findings": [{"what": finding.what, "to_do": finding.to_do} for finding in found],
            "fence": snapshot.model_dump(mode="json", by_alias=True) if snapshot else None,
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        show(snapshot, found, now, console())
    if html is not None:
        # Jinja2 and Babel are slow to import, and only a page needs them.
        from joinfence.monitoring.status.page import to_html  # noqa: PLC0415

        _write(html, to_html(snapshot, found, now))
    raise typer.Exit(REFUSED if found else 0)


def _state_folder(config: Path) -> Path:
    try:
        settings, _document = read_settings(config)
    except ConfigError as error:
        fail(
            *error.problems, f"{len(error.problems)} problem(s) in {config}; or name the folder with --state"
        )
    return state_folder(config, settings)


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        fail(f"{path}: {error.strerror}; check the path and its permissions")


def _read(folder: Path) -> Snapshot | None:
    try:
        return read_snapshot(folder)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; run this as the user that the fence runs as")
