"""Creates event logs on disk for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from joinfence.records.log.events import Event, EventKind
from joinfence.records.log.files import EVENTS, KEY
from joinfence.records.log.signed_note import Signer
from joinfence.records.log.writer import EventLog

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.records.log.signed_note import Verifier

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def event(number: int = 1, kind: EventKind = EventKind.APPROVED) -> Event:
    """Return an event about the order with a number."""
    return Event(time=NOW, kind=kind, engine="0", order=f"DE-2026-{number:04d}", version=1)


def write_log(folder: Path, *batches: int) -> EventLog:
    """Write a log in batches, each with the given number of events."""
    log, number = EventLog(folder, host="meet.example"), 0
    for size in batches:
        log.append([event(number + each) for each in range(size)])
        number += size
    return log


def verifier(folder: Path) -> Verifier:
    """Return the verifier of a log's own key."""
    return Signer.parse((folder / KEY).read_text(encoding="ascii")).verifier


def lines(folder: Path) -> list[bytes]:
    """Return the log's lines, with their line breaks."""
    return (folder / EVENTS).read_bytes().splitlines(keepends=True)
