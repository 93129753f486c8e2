"""Brings the event log up to date with the orders in force and the configuration."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from joinfence.config.files import beside
from joinfence.config.state import state_folder
from joinfence.records.diff import EventFactory, config_events, order_events, rejection_events, removal_events
from joinfence.records.log.events import EventKind
from joinfence.records.log.files import read_events
from joinfence.records.log.writer import EventLog
from joinfence.records.logged import LoggedState
from joinfence.records.orders import changed_orders
from joinfence.records.snapshot import config_state_of, rejected_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from joinfence.config.yaml.problems import Problem
    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates
    from joinfence.records.log.events import Event

logger = logging.getLogger(__name__)

_BATCH: Final = 1000
_MAX_PROBLEMS: Final = 1000


class EventRecorder:
    """Compares what is in force with what the log says, and logs the difference.

    After a failure, everything is compared again with what the log says by then, so that nothing is lost and
    nothing is logged twice.
    """

    def __init__(self) -> None:
        """Start without a log: its folder depends on the configuration."""
        self._folder: Path | None = None
        self._key: str | None = None
        self._log: EventLog | None = None
        self._logged: LoggedState | None = None
        self._rejected: list[Problem] = []
        self._compared: OrderStates | None = None  # the standings at the last comparison

    def rejected(self, problems: Iterable[Problem]) -> None:
        """Take the problems of files that are not in force."""
        self._rejected = [*self._rejected, *problems][-_MAX_PROBLEMS:]

    def write(self, orders: OrderStates) -> None:
        """Log what has changed. Raises if that fails; the next call tries again."""
        log, folder = self._log_of(orders.loaded)
        now = datetime.now(UTC)
        try:
            if self._logged is None:
                _check(log, now)
                self._logged = LoggedState.replayed(entry.event for entry in read_events(folder))
            _append(self._changes(orders, self._logged, now), log, self._logged)
        except BaseException:
            self._compared = None  # compare everything the next time
            raise
        self._compared, self._rejected = orders, []

    def _log_of(self, loaded: Loaded) -> tuple[EventLog, Path]:
        folder, key = state_folder(loaded.main, loaded.settings), loaded.settings.event_log.key
        if self._log is None or (folder, key) != (self._folder, self._key):
            host = urlsplit(loaded.settings.operator.url).hostname or "joinfence"
            self._folder, self._key = folder, key
            self._log = EventLog(folder, host=host, key=beside(loaded.main, key) if key else None)
            self._logged = self._compared = None
        return self._log, folder

    def _changes(self, orders: OrderStates, logged: LoggedState, now: datetime) -> Iterator[Event]:
        factory, loaded = _factory(now), orders.loaded
        is_new = self._compared is None or loaded is not self._compared.loaded
        if is_new:
            yield from config_events(config_state_of(loaded), logged, factory)
        for order in changed_orders(orders, self._compared, now):
            yield from order_events(order, logged, factory)
        if is_new:
            yield from removal_events(loaded.order_digests.keys(), logged, factory)
        for order_id, sha256 in dict.fromkeys(rejected_files(loaded, self._rejected)):
            yield from rejection_events(order_id, sha256, logged, factory)


def _factory(now: datetime) -> EventFactory:
    return EventFactory(time=now, engine=version("joinfence"))


def _check(log: EventLog, now: datetime) -> None:
    """Check a log before the first write, and move aside lines that no head covers."""
    if moved := log.append(()):
        _log_moved(moved)
        log.append([_factory(now).event(EventKind.LOG_REPAIRED, reason="uncommitted")])


def _log_moved(moved: int) -> None:
    logger.error("%d bytes of the event log were not covered by a signed head and were moved aside", moved)


def _append(events: Iterator[Event], log: EventLog, logged: LoggedState) -> None:
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) >= _BATCH:
            _flush(batch, log, logged)
    _flush(batch, log, logged)


def _flush(batch: list[Event], log: EventLog, logged: LoggedState) -> None:
    if not batch:
        return
    if moved := log.append(batch):
        _log_moved(moved)
    for event in batch:
        logged.apply(event)
    batch.clear()
