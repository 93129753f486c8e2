"""A child process that looks whether files have changed, for a fence that follows many of them.

To look at one file takes two microseconds, and a thread gives its turn away for each. Getting it back takes
a thousand times as long while others have work: a fence under load would see an edit minutes later.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING, Final

from joinfence.background.subprocesses import MANY, Child
from joinfence.background.throttle import Throttle
from joinfence.config.files import file_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from joinfence.config.files import FileStamp, Fingerprint

_AT_A_TIME: Final = 1000


class Watcher:
    """Returns the signatures of files. Whatever becomes of its process, it looks at them itself then."""

    def __init__(self) -> None:
        """Start without a process."""
        self._child: Child | None = None
        self._paths: list[str] = []
        self._found: list[FileStamp] = []
        self._last: Fingerprint = {}

    def stamps(self, paths: list[str]) -> Fingerprint:
        """Return path -> stamp by now; the same object as before where nothing has changed."""
        if len(paths) >= MANY:
            with suppress(OSError):
                return self._asked(paths)
        self.end()
        return {path: file_stamp(path) for path in paths}

    def _asked(self, paths: list[str]) -> Fingerprint:
        child = self._child = self._child or Child(__name__)
        pace, is_same = Throttle(), paths == self._paths
        if not is_same:
            self._paths, self._found = paths, [None] * len(paths)
            for some in batched(paths, _AT_A_TIME):
                child.send(some)
                pace()
        child.send(())
        while changes := child.receive():
            for index, found in changes:
                self._found[index] = found
            is_same = False
            pace()
        if not is_same:
            self._last = dict(zip(self._paths, self._found, strict=True))
        return self._last

    def end(self) -> None:
        """End the process, if there is one."""
        if self._child is not None:
            self._child.end()
        self._child, self._paths = None, []


def serve(connection: Connection) -> None:
    """Receive lists of paths until an empty one, and send which of the files have changed; again and again.

    If the empty list comes first, the files are those of before. What is sent is lists of index and stamp,
    and then an empty one. This is what the child process does. Raises EOFError when the other end hangs up.
    """
    paths: list[str] = []
    found: list[FileStamp] = []
    fresh: list[str] = []
    while True:
        if more := connection.recv():
            fresh += more
            continue
        if fresh:
            paths, found, fresh = fresh, [None] * len(fresh), []
        for changes in batched(_changes(paths, found), _AT_A_TIME):
            connection.send(changes)
        connection.send(())


def _changes(paths: Sequence[str], found: list[FileStamp]) -> Iterator[tuple[int, FileStamp]]:
    for index, path in enumerate(paths):
        now = file_stamp(path)
        if now != found[index]:
            found[index] = now
            yield index, now
