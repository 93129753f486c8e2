"""Seconds to verify a long event log, and to prove that it has only grown since an earlier head."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from rich.progress import track

from joinfence.records.log.events import Event, EventKind
from joinfence.records.log.writer import EventLog

if TYPE_CHECKING:
    from pathlib import Path

_BATCH: Final = 1000
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)


def measure_log(folder: Path, count: int) -> dict[str, Any]:
    """Return seconds for the commands that check a log: `verify`, `prove` and `consistent`.

    The fence's own writer writes the log: every line about another order, and a head every thousand lines.
    """
    log = EventLog(folder, host="meet.example")
    half = folder / "half"
    for first in track(range(0, count, _BATCH), f"writing {count:,} events"):
        log.append([_event(number) for number in range(first, min(first + _BATCH, count))])
        if not half.exists() and first + _BATCH >= count // 2:
            half.write_text(_output(folder, "head"), encoding="utf-8")
    proof, head, key = folder / "proof", folder / "head", _output(folder, "key").strip()
    head.write_text(_output(folder, "head"), encoding="utf-8")
    proving = _timed(folder, "prove", str(half), into=proof)
    return {
        "events": count,
        "megabytes": (folder / "events.jsonl").stat().st_size / 1_000_000,
        "verify_seconds": _timed(folder, "verify"),
        "since_seconds": _timed(folder, "verify", "--since", str(half)),
        "prove_seconds": proving,
        "consistent_seconds": _timed(None, "consistent", str(half), str(head), str(proof), "--key", key),
    }


def _event(number: int) -> Event:
    return Event(
        time=_START + timedelta(seconds=number),
        kind=EventKind.APPROVED,
        engine="0.0.0",
        order=f"DE-{number // 10_000:04}-{number % 10_000:04}",
        version=1,
        sha256=f"{number:064x}",
    )


def _timed(folder: Path | None, *command: str, into: Path | None = None) -> float:
    started = time.perf_counter()
    output = _output(folder, *command)
    seconds = time.perf_counter() - started
    if into:
        into.write_text(output, encoding="utf-8")
    return seconds


def _output(folder: Path | None, *command: str) -> str:
    """Return what a command on the log prints. Raises CalledProcessError if it finds something wrong."""
    state = ["--state", str(folder)] if folder else []
    line = [sys.executable, "-m", "joinfence", "log", *command, *state]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own


def rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what was measured as rows of a table."""
    return [
        ("every line and head", f"{found['verify_seconds']:.1f} s"),
        ("the same, and a checkpoint over half of them", f"{found['since_seconds']:.1f} s"),
        ("proof that it only grew since that checkpoint", f"{found['prove_seconds']:.1f} s"),
        ("the proof checked, without the log", f"{found['consistent_seconds']:.1f} s"),
    ]
