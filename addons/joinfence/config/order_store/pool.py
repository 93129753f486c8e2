"""Many order files at once, read by processes of their own."""

from __future__ import annotations

import os
from itertools import batched
from typing import TYPE_CHECKING, Final

from joinfence.background.progress import Progress
from joinfence.background.subprocesses import MANY, end, send, start
from joinfence.background.throttle import Throttle
from joinfence.config.order_store import worker as reading_process
from joinfence.config.order_store.wire import read_head, read_order_file, reading_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from joinfence.config.order_store.wire import Reading
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority

_AT_A_TIME: Final = 50
_MOST_WORKERS: Final = 4


def read_many(
    paths: Sequence[str],
    *,
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Iterator[tuple[str, Reading]]:
    """Yield each path with what its file holds; the order is not kept.

    A process that ends before its work is done is a nuisance and no problem: what it leaves is read here.
    """
    first = reading_process.first_message(register, services, now)
    batches: Iterator[tuple[str, ...]] = batched(paths, _AT_A_TIME)
    count = min(_MOST_WORKERS, len(os.sched_getaffinity(0)), 1 + len(paths) // MANY)
    workers = [worker for worker in (_Worker(first) for _ in range(count)) if worker.works]
    progress = Progress("reading orders", len(paths))
    pace = Throttle()
    try:
        for worker in workers:
            worker.ask(next(batches, ()))
        while workers:
            for worker in tuple(workers):
                for found in worker.answers():
                    pace()
                    progress.step()
                    yield found
                worker.ask(next(batches, ()) if worker.works else ())
                if not worker.waiting:
                    workers.remove(worker)
                    unread = worker.end()
                    batches = iter((unread, *batches)) if unread else batches
        for path in (path for batch in batches for path in batch):
            reading = read_order_file(path, register, services, now)
            pace()
            progress.step()
            yield path, reading
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """One process and the paths it was asked about. It never raises: it stops working."""

    def __init__(self, first: object) -> None:
        self.works = True
        self.waiting: tuple[str, ...] = ()
        self._unread: tuple[str, ...] = ()
        try:
            self._process = start(reading_process.__name__)
        except OSError:
            self.works = False
            return
        self._send(first)
        if not self.works:
            self.end()

    def _send(self, value: object) -> None:
        try:
            send(self._process, value)
        except OSError:
            self.works = False

    def ask(self, paths: tuple[str, ...]) -> None:
        """Ask about paths. One list at a time: then neither side ever writes to one that does not read."""
        self.waiting = paths
        if paths:
            self._send(paths)

    def answers(self) -> Iterator[tuple[str, Reading]]:
        assert self._process.stdout  # noqa: S101 - a pipe was asked for
        while self.waiting:
            line = self._process.stdout.readline()
            try:
                head = read_head(line)
                record = b"" if "problems" in head else self._process.stdout.readline()
                reading = reading_of(head, record)
            except (ValueError, KeyError, TypeError):
                self.works, self._unread, self.waiting = False, self.waiting, ()
                return
            path, self.waiting = self.waiting[0], self.waiting[1:]
            yield path, reading

    def end(self) -> tuple[str, ...]:
        """End the process; return what it was asked about and did not answer."""
        end(self._process)
        return (*self._unread, *self.waiting)
