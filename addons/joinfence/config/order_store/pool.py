"""Many order files at once, read by child processes: the fence's own process has requests to answer."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from itertools import batched, chain
from typing import TYPE_CHECKING, Final

from joinfence.background.progress import Progress
from joinfence.background.subprocesses import MANY, Child, ready
from joinfence.background.throttle import Throttle
from joinfence.config.order_store.reading import read_order_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from multiprocessing.connection import Connection

    from joinfence.config.order_store.reading import Reading
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority

_AT_A_TIME: Final = 50
_MOST_CHILDREN: Final = 4
_NICENESS: Final = 10


def read_many(
    paths: Sequence[str],
    *,
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Iterator[tuple[str, Reading]]:
    """Yield each path with what its file holds, in no particular order.

    What child processes leave unread, because they were killed or could not be started, is read in this one.
    """
    pool = _Pool(paths)
    pace, progress = Throttle(), Progress("reading orders", len(paths))
    try:
        pool.start((register, services, now))
        for path, reading in chain(pool.answers(), pool.read_here(register, services, now)):
            pace()
            progress.step()
            yield path, reading
    finally:
        pool.end()


class _Pool:
    """Child processes that read files, and the lists of paths that none was asked about yet."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._left = deque(batched(paths, _AT_A_TIME))
        self._asked: dict[Child, tuple[str, ...]] = {}

    def start(self, given: object) -> None:
        """Start children, as many as are of use and can be started, and ask each about the first paths."""
        files = _AT_A_TIME * len(self._left)
        for _ in range(min(_MOST_CHILDREN, len(os.sched_getaffinity(0)), 1 + files // MANY)):
            with suppress(OSError):
                child = Child(__name__)
                self._send(child, given)
                self._ask(child)

    def answers(self) -> Iterator[tuple[str, Reading]]:
        """Yield what children have read. Paths that a child did not answer for go to another, or are left."""
        while self._asked:
            for child in ready(self._asked):
                paths = self._asked.pop(child)
                try:
                    found = child.receive()
                except OSError:
                    self._left.appendleft(paths)
                    child.end()
                else:
                    self._ask(child)
                    yield from found

    def read_here(
        self, register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]], now: datetime
    ) -> Iterator[tuple[str, Reading]]:
        """Read in this process what is left."""
        for path in chain.from_iterable(self._left):
            yield path, read_order_file(path, register, services, now)

    def end(self) -> None:
        """End the children that have not answered."""
        for child in self._asked:
            child.end()

    def _ask(self, child: Child) -> None:
        """Ask about the next paths, or end the child if there are none.

        One list at a time: then neither side ever sends to one that is sending itself.
        """
        if self._left:
            self._asked[child] = self._left.popleft()
            self._send(child, self._asked[child])
        else:
            child.end()

    def _send(self, child: Child, value: object) -> None:
        with suppress(OSError):  # that a child has ended is noticed when it should answer
            child.send(value)


def serve(connection: Connection) -> None:
    """Receive register, services and the time, then lists of paths; for each list, send what the files hold.

    This is what a child process does. It has less claim to the processor than the process that answers
    requests. Raises EOFError when that hangs up.
    """
    os.nice(_NICENESS)
    register, services, now = connection.recv()
    while True:
        paths = connection.recv()
        connection.send([(path, read_order_file(path, register, services, now)) for path in paths])
