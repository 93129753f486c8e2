"""`joinfence report`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from joinfence.cli.report_summary import summary
from joinfence.cli.shared import DEFAULT_CONFIG, AtOption, ConfigOption, JsonOption, console, fail, instant
from joinfence.config.files import beside
from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from joinfence.config.yaml.problems import ConfigError
from joinfence.records.log.events import Event, EventKind
from joinfence.records.log.writer import EventLog, LogError
from joinfence.report.compose import compose
from joinfence.report.period import PeriodError, period
from joinfence.report.publish import JSON_NAME, publish, to_json
from joinfence.report.reading import read_facts
from joinfence.text.catalogues import FALLBACK, languages

if TYPE_CHECKING:
    from joinfence.report.data import Report
    from joinfence.report.facts import Facts
    from joinfence.report.period import Period


NoteOption = Annotated[
    bool, typer.Option("--note", help="Record in the event log that this report is published; needs --out.")
]


def report(
    first: Annotated[str, typer.Option("--from", help="The first day of a half-year.", metavar="DAY")],
    last: Annotated[str, typer.Option("--to", help="The last day of a half-year.", metavar="DAY")],
    config: ConfigOption = DEFAULT_CONFIG,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder to write the report's files to.", metavar="DIR")
    ] = None,
    state: Annotated[
        list[Path] | None,
        typer.Option("--state", help="The state folder of a node; repeat for each node.", metavar="DIR"),
    ] = None,
    archive: Annotated[
        list[str] | None,
        typer.Option("--archive", help="Archived order files; names may contain * and ?; can be repeated."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option("--language", help="A language for the page, such as de; repeat for more pages."),
    ] = None,
    note: NoteOption = False,  # noqa: FBT002 - a flag of the command line
    at: AtOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Create the transparency report for half-years that are over.

    Numbers of people are summed over all nodes and shown in bands. What was ordered, by whom, and how long
    each step took is exact.
    """
    chosen = _period(first, last, instant(at))
    facts = _facts(config, state, archive, chosen)
    made = compose(facts, chosen)
    if as_json:
        typer.echo(to_json(made), nl=False)
    else:
        summary(made, console())
    if out is not None:
        _write(out, made, facts, chosen, _languages(language))
        if note:
            _note(config, out)


def _period(first: str, last: str, now: datetime) -> Period:
    try:
        return period(date.fromisoformat(first), date.fromisoformat(last), now)
    except PeriodError as error:
        fail(f"--from, --to: {error}")
    except ValueError:
        fail(f'--from, --to: found "{first}" and "{last}", expected days such as 2026-07-01')


def _facts(config: Path, state: list[Path] | None, archive: list[str] | None, chosen: Period) -> Facts:
    try:
        settings, _document = read_settings(config)
        states = state or [state_folder(config, settings)]
        today = chosen.end.date()
        return read_facts(config, archive=archive or [], states=states, today=today, named=bool(state))
    except ConfigError as error:
        fail(*error.problems, f"{len(error.problems)} problem(s) in {config}")
    except OSError as error:
        fail(error)


def _note(config: Path, out: Path) -> None:
    """Record in the event log that a report was published, with the hash of its data."""
    settings, _document = read_settings(config)
    event = Event(
        time=datetime.now(UTC).replace(microsecond=0),
        kind=EventKind.REPORT_PUBLISHED,
        engine=version("joinfence"),
        sha256=sha256((out / JSON_NAME).read_bytes()).hexdigest(),
    )
    host = urlsplit(settings.operator.url).hostname or "joinfence"
    key = settings.event_log.key
    folder = state_folder(config, settings)
    try:
        EventLog(folder, host=host, key=beside(config, key) if key else None).append([event])
    except (LogError, OSError) as error:
        fail(f"the event log in {folder} cannot be written: {error}")


def _languages(asked: list[str] | None) -> list[str]:
    unknown = [tag for tag in asked or () if tag not in languages()]
    if unknown:
        fail(f"--language: found {', '.join(unknown)}, expected one of {', '.join(languages())}")
    return asked or [FALLBACK]


def _write(out: Path, made: Report, facts: Facts, chosen: Period, tags: list[str]) -> None:
    try:
        written = publish(made, facts, chosen, out, tags)
    except OSError as error:
        fail(f"{error.filename or out}: {error.strerror}; check the path and its permissions")
    typer.echo(f"wrote {len(written)} files to {out}", err=True)
