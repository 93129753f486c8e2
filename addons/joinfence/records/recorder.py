"""Writes the tallies and the event log, in a background thread.

No decision may wait for a disk, or fail because of one. So events and counts are only kept in memory, and the
thread writes it every few seconds, or at once when the policy or a standing changes. The two records are
written independently. If one fails, the other goes on, and nothing is lost: counts stay in memory, and events
are found again by comparison (see `diff`). It is tried again after a pause that doubles up to a minute, and
without any pause at the end. A failure is logged when it begins and when it is over, not each time.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from joinfence.config.state import state_folder
from joinfence.records.census import Census, census_of
from joinfence.records.event_recorder import EventRecorder
from joinfence.records.log.events import EventError
from joinfence.records.log.writer import LogError
from joinfence.records.tallies.counter import TallyCounter
from joinfence.records.tallies.database import TallyError, TallyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.decision import Decision
    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates

logger = logging.getLogger(__name__)

INTERVAL: Final = 3.0
"""Seconds between two writes: the most that a killed process loses."""

_STOP_TIMEOUT: Final = 10.0
"""Seconds that `stop` waits for the last write."""

_MAX_PAUSE: Final = 60.0
_NAMES: Final = {"tallies": "the tallies", "event_log": "the event log"}


class Recorder:
    """Takes what happens from any thread, and writes it in its own thread."""

    def __init__(self) -> None:
        """Start with nothing to write."""
        self.tallies = TallyCounter()
        self.failures: Counter[str] = Counter()
        self.census = Census()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._halt = False
        self._loaded: Loaded | None = None
        self._orders: OrderStates | None = None
        self._problems: list[Problem] = []
        self._events = EventRecorder()
        self._store: tuple[Path, TallyStore] | None = None
        self._failing: dict[str, tuple[float, float]] = {}  # when to try again, and the pause after that
        self._count_error_logged = False
        self._thread = threading.Thread(target=self._run, name="joinfence-recorder", daemon=True)

    def start(self) -> None:
        """Start the thread, unless `stop` was called before."""
        if not self._halt:
            self._thread.start()

    def loaded(self, loaded: Loaded) -> None:
        """Take the policy that is in force from now on."""
        self._loaded = loaded
        self._wake.set()

    def tracked(self, orders: OrderStates) -> None:
        """Take the standings of all orders."""
        self._orders = orders
        self._wake.set()

    def not_loaded(self, problems: Iterable[Problem]) -> None:
        """Take the problems of files that are not in force."""
        with self._lock:
            self._problems += problems
        self._wake.set()

    def stop(self) -> None:
        """Write what is still in memory, and end the thread."""
        if self._halt:
            return
        self._halt = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT)
        else:
            self._write()

    def count(self, decision: Decision, at: datetime) -> None:
        """Count a decision in the tallies. Never raises: a decision must not fail because of its record."""
        try:
            self.tallies.count(decision, at)
        except Exception as error:  # noqa: BLE001 - see above
            self.failures["tallies"] += 1
            if not self._count_error_logged:
                self._count_error_logged = True
                logger.error("a join could not be counted: %s", type(error).__name__)  # noqa: TRY400

    def _run(self) -> None:
        while not self._halt:
            self._wake.wait(INTERVAL)
            self._wake.clear()
            self._write()
        self._failing.clear()
        self._write()

    def _write(self) -> None:
        with self._lock:
            problems, self._problems = self._problems, []
        self._events.rejected(problems)
        if loaded := self._loaded:
            self._try("tallies", lambda: self._write_tallies(loaded))
        if orders := self._orders:
            self.census = census_of(orders.states.values(), datetime.now(UTC))
            self._try("event_log", lambda: self._events.write(orders))

    def _write_tallies(self, loaded: Loaded) -> None:
        """Write the counts. The database is created even without any: zero is not the same as no records."""
        folder = state_folder(loaded.main, loaded.settings)
        if self._store is None or self._store[0] != folder:
            store = TallyStore(folder)
            store.add({})
            self._store = folder, store
        self.tallies.write(self._store[1])

    def _try(self, what: str, write: Callable[[], None]) -> None:
        again, pause = self._failing.get(what, (0.0, INTERVAL))
        if time.monotonic() < again:
            return
        try:
            write()
        except Exception as error:  # noqa: BLE001 - a failing disk must not end the thread
            self.failures[what] += 1
            if what not in self._failing:
                logger.error("%s cannot be written; everything else goes on: %s", _NAMES[what], _why(error))  # noqa: TRY400
            self._failing[what] = time.monotonic() + pause, min(2 * pause, _MAX_PAUSE)
        else:
            if self._failing.pop(what, None):
                logger.warning("%s can be written again", _NAMES[what])


def _why(error: Exception) -> str:
    """Return an error's message if it is known to quote no data, otherwise only its type."""
    quotes_no_data = isinstance(error, OSError | sqlite3.Error | TallyError | LogError | EventError)
    return str(error) if quotes_no_data else type(error).__name__
