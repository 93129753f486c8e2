"""The names of the record files in the state folder, and reading the event log."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, Final

from joinfence.records.log.events import EventError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from joinfence.records.log.events import Entry

EVENTS: Final = "events.jsonl"
HEADS: Final = "events.checkpoints"
KEY: Final = "events.key"
UNCOMMITTED: Final = "events.uncommitted"
LOCK: Final = "events.lock"
TALLIES: Final = "tallies.sqlite"

LONGEST_LINE: Final = 1 << 16
"""Bytes of a line, including its line break. No event is that long."""


def read_events(folder: Path) -> Iterator[Entry]:
    """Yield the entries of the log in a state folder, oldest first, or nothing if there is no log.

    Nothing is verified. Raises OSError, and EventError with file and line for a line that is not an event.
    """
    try:
        file = (folder / EVENTS).open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(lines_of(file), 1):
            try:
                yield decode(line)
            except EventError as error:
                message = f"{folder / EVENTS}:{number}: {error}"
                raise EventError(message) from None


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the complete lines from the file's current position, without their line breaks.

    A line longer than any event is split. A last line without a line break is left out.
    """
    while line := file.readline(LONGEST_LINE):
        if line.endswith(b"\n"):
            yield line[:-1]
        elif len(line) == LONGEST_LINE:
            yield line


@contextlib.contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the log's lock: shared to read lines and heads that match each other, exclusive to write.

    Raises OSError. A folder that cannot be written to is read without a lock.
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        if not shared:
            raise
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
