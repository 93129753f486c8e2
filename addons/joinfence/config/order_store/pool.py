"""Reads many order files in child processes, while the fence's own process answers requests."""

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

_BATCH_SIZE: Final = 50
_PART_SIZE: Final = 10
_MAX_CHILDREN: Final = 4
_NICENESS: Final = 10


def read_many(
    paths: Sequence[str],
    *,
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Iterator[tuple[str, Reading]]:
    """Yield each path with the result of reading its file, in no particular order.

    If a child process was killed or could not be started, its files are read in this process.
    """
    pool = _Pool(paths)
    throttle, progress = Throttle(), Progress("reading orders", len(paths))
    try:
        pool.start((register, services, now))
        for path, reading in chain(pool.answers(), pool.read_here(register, services, now)):
            throttle()
            progress.step()
            yield path, reading
    finally:
        pool.end()


class _Pool:
    """Child processes that read files, and the batches of paths that no child was asked about yet."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._left = deque(batched(paths, _BATCH_SIZE))
        self._asked: dict[Child, tuple[str, ...]] = {}

    def start(self, context: object) -> None:
        """Start as many children as are useful and possible, and ask each about a batch of paths."""
        files = _BATCH_SIZE * len(self._left)
        for _ in range(min(_MAX_CHILDREN, len(os.sched_getaffinity(0)), 1 + files // MANY)):
            with suppress(OSError):
                child = Child(__name__)
                self._send(child, context)
                self._ask(child)

    def answers(self) -> Iterator[tuple[str, Reading]]:
        """Yield what the children have read. If one fails, its unread files go to another or are left."""
        while self._asked:
            for child in ready(self._asked):
                paths = self._asked.pop(child)
                try:
                    found = child.receive()
                except OSError:
                    self._left.appendleft(paths)
                    child.end()
                    continue
                if len(found) < len(paths):
                    self._asked[child] = paths[len(found) :]
                else:
                    self._ask(child)
                # Not the child's copies of the paths: paths are kept, and there may be 100,000.
                yield from zip(paths, found, strict=False)

    def read_here(
        self, register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]], now: datetime
    ) -> Iterator[tuple[str, Reading]]:
        """Read the remaining files in this process."""
        for path in chain.from_iterable(self._left):
            yield path, read_order_file(path, register, services, now)

    def end(self) -> None:
        """End the children that are still reading."""
        for child in self._asked:
            child.end()

    def _ask(self, child: Child) -> None:
        """Ask about the next batch, or end the child if there is none.

        A child has one batch at a time. So the two sides never send at the same time, and cannot deadlock.
        """
        if self._left:
            self._asked[child] = self._left.popleft()
            self._send(child, self._asked[child])
        else:
            child.end()

    def _send(self, child: Child, value: object) -> None:
        with suppress(OSError):  # if the child has ended, receiving its answer fails
            child.send(value)


def serve(connection: Connection) -> None:
    """Receive register, services and the time, then batches of paths; send what was read, a part at a time.

    The parent handles one part while the child reads the next. This is what a child process does, at low
    priority. Raises EOFError when the parent hangs up.
    """
    os.nice(_NICENESS)
    register, services, now = connection.recv()
    while True:
        for paths in batched(connection.recv(), _PART_SIZE):
            connection.send([read_order_file(path, register, services, now) for path in paths])
