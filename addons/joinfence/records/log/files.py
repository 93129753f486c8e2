"""Where the records lie in the state folder, and reading the event log."""

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
"""Bytes of a line, its line break included. No event is as long."""


def read_events(folder: Path) -> Iterator[Entry]:
    """Yield the entries of the log in a state folder, oldest first; nothing if there is no log.

    Nothing is verified. Raises EventError for a line that is no event, naming it, and OSError.
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
    """Yield the whole lines from where the file stands, without their line breaks.

    A line longer than any event comes in pieces; a last line without a line break is left out.
    """
    while line := file.readline(LONGEST_LINE):
        if line.endswith(b"\n"):
            yield line[:-1]
        elif len(line) == LONGEST_LINE:
            yield line


@contextlib.contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the log's lock: shared to read lines and heads that belong together, alone to write.

    Raises OSError. A folder that cannot be written to can be read without a lock.
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
