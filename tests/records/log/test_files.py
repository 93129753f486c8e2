"""Reading the log, and its lock."""

from __future__ import annotations

import fcntl
import io
import os
from typing import TYPE_CHECKING

import pytest

from joinfence.records.log.events import EventError, EventKind
from joinfence.records.log.files import EVENTS, LOCK, LONGEST_LINE, lines_of, locked, read_events
from tests.records.logs import write_log

if TYPE_CHECKING:
    from pathlib import Path


def test_events_are_read_in_order_and_a_missing_log_has_none(tmp_path: Path) -> None:
    assert list(read_events(tmp_path)) == []
    write_log(tmp_path, 2, 1)
    found = list(read_events(tmp_path))
    assert [entry.seq for entry in found] == [0, 1, 2]
    assert {entry.event.kind for entry in found} == {EventKind.APPROVED}


def test_a_line_that_is_not_an_event_is_reported_with_its_number(tmp_path: Path) -> None:
    write_log(tmp_path, 1)
    with (tmp_path / EVENTS).open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(EventError, match=r"events\.jsonl:2: is not an event"):
        list(read_events(tmp_path))


def test_an_incomplete_line_is_left_out_and_a_very_long_one_is_split() -> None:
    assert list(lines_of(io.BytesIO(b"a\nb\nto"))) == [b"a", b"b"]
    assert list(lines_of(io.BytesIO(b""))) == []
    pieces = list(lines_of(io.BytesIO(b"x" * (2 * LONGEST_LINE) + b"\n")))
    assert [len(piece) for piece in pieces] == [LONGEST_LINE, LONGEST_LINE, 0]


def test_writers_lock_exclusively_and_readers_share_the_lock(tmp_path: Path) -> None:
    def can_lock(how: int) -> bool:
        descriptor = os.open(tmp_path / LOCK, os.O_RDWR)
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    with locked(tmp_path, shared=True):
        assert (can_lock(fcntl.LOCK_SH), can_lock(fcntl.LOCK_EX)) == (True, False)
    with locked(tmp_path):
        assert (can_lock(fcntl.LOCK_SH), can_lock(fcntl.LOCK_EX)) == (False, False)
    assert (tmp_path / LOCK).stat().st_mode & 0o777 == 0o600


def test_only_readers_may_proceed_without_a_lock(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with locked(missing, shared=True):
        pass
    with pytest.raises(FileNotFoundError), locked(missing):
        pass
