"""A child process that checks whether files have changed, for a fence that follows many files.

Checking one file takes two microseconds, but each stat releases the interpreter lock (GIL). Under load, a
thread waits a thousand times as long to get the lock back, so the fence would notice an edit minutes later.
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

_BATCH_SIZE: Final = 1000


class Watcher:
    """Returns the stamps of files. If its child process fails, it checks the files in this process."""

    def __init__(self) -> None:
        """Start without a child process."""
        self._child: Child | None = None
        self._paths: list[str] = []
        self._stamps: list[FileStamp] = []
        self._last: Fingerprint = {}

    def stamps(self, paths: list[str]) -> Fingerprint:
        """Return path -> current stamp; the same object as before if nothing has changed."""
        if len(paths) >= MANY:
            with suppress(OSError):
                return self._ask(paths)
        self.end()
        return {path: file_stamp(path) for path in paths}

    def _ask(self, paths: list[str]) -> Fingerprint:
        child = self._child = self._child or Child(__name__)
        throttle, is_same = Throttle(), paths == self._paths
        if not is_same:
            self._paths, self._stamps = paths, [None] * len(paths)
            for batch in batched(paths, _BATCH_SIZE):
                child.send(batch)
                throttle()
        child.send(())
        while changes := child.receive():
            for index, stamp in changes:
                self._stamps[index] = stamp
            is_same = False
            throttle()
        if not is_same:
            self._last = dict(zip(self._paths, self._stamps, strict=True))
        return self._last

    def end(self) -> None:
        """End the child process, if there is one."""
        if self._child is not None:
            self._child.end()
        self._child, self._paths = None, []


def serve(connection: Connection) -> None:
    """Answer requests for changed files; this is what the child process does. Raises EOFError at the end.

    A request is a number of lists of paths, followed by an empty list. If it has no paths, it is about the
    same paths as the request before. The answer is a number of lists of pairs, the index of a changed file
    and its new stamp, followed by an empty list.
    """
    paths: list[str] = []
    stamps: list[FileStamp] = []
    new_paths: list[str] = []
    while True:
        if more := connection.recv():
            new_paths += more
            continue
        if new_paths:
            paths, stamps, new_paths = new_paths, [None] * len(new_paths), []
        for changes in batched(_changes(paths, stamps), _BATCH_SIZE):
            connection.send(changes)
        connection.send(())


def _changes(paths: Sequence[str], stamps: list[FileStamp]) -> Iterator[tuple[int, FileStamp]]:
    for index, path in enumerate(paths):
        current = file_stamp(path)
        if current != stamps[index]:
            stamps[index] = current
            yield index, current
