"""A process of its own that looks whether files have changed, for a fence that follows many of them.

To look at one file takes two microseconds, and a thread gives its turn away for each. Getting it back takes
a thousand times as long while others have work: a fence under load would see an edit minutes later.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING, BinaryIO, Final

from joinfence.background.subprocesses import MANY, end, send, start
from joinfence.background.throttle import Throttle
from joinfence.config.files import file_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from joinfence.background.subprocesses import Process
    from joinfence.config.files import FileStamp, Fingerprint

_AT_A_TIME: Final = 1000


class Watcher:
    """Returns the signatures of files. Whatever becomes of its process, it looks at them itself then."""

    def __init__(self) -> None:
        """Start without a process."""
        self._process: Process | None = None
        self._paths: list[str] = []
        self._found: list[FileStamp] = []
        self._last: Fingerprint = {}

    def stamps(self, paths: list[str]) -> Fingerprint:
        """Return path -> stamp by now; the same object as before where nothing has changed."""
        if len(paths) >= MANY:
            with suppress(OSError, ValueError, TypeError, IndexError):
                return self._asked(paths)
        self.end()
        return {path: file_stamp(path) for path in paths}

    def _asked(self, paths: list[str]) -> Fingerprint:
        process = self._process = self._process or start(__name__)
        pace, is_same = Throttle(), paths == self._paths
        if not is_same:
            self._paths, self._found = paths, [None] * len(paths)
            for some in batched(paths, _AT_A_TIME):
                send(process, some)
                pace()
        send(process, [])
        assert process.stdout  # noqa: S101 - a pipe was asked for
        while (changes := json.loads(process.stdout.readline())) != []:
            for index, found in changes:
                self._found[index] = found
            is_same = False
            pace()
        if not is_same:
            self._last = dict(zip(self._paths, self._found, strict=True))
        return self._last

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            end(self._process)
        self._process, self._paths = None, []


def serve(given: BinaryIO, out: BinaryIO) -> None:
    """Read lists of paths until an empty one, and write which of the files have changed; again and again.

    Without a list before the empty one the files are those of before. What is written is lists of index and
    stamp, and an empty one.
    """
    paths: list[str] = []
    found: list[FileStamp] = []
    fresh: list[str] = []
    for line in given:
        if more := json.loads(line):
            fresh += more
            continue
        if fresh:
            paths, found, fresh = fresh, [None] * len(fresh), []
        out.writelines(
            json.dumps(changes).encode() + b"\n" for changes in batched(_changes(paths, found), _AT_A_TIME)
        )
        out.write(b"[]\n")
        out.flush()


def _changes(paths: Sequence[str], found: list[FileStamp]) -> Iterator[tuple[int, FileStamp]]:
    for index, path in enumerate(paths):
        now = file_stamp(path)
        if now != found[index]:
            found[index] = now
            yield index, now


def main() -> None:
    """Serve standard input and output."""
    with suppress(BrokenPipeError, KeyboardInterrupt):  # whoever asked is gone, or is being stopped
        serve(sys.stdin.buffer, sys.stdout.buffer)
