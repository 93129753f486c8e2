"""The thread that writes tallies and the event log, off the event loop and whatever becomes of the disk."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from joinfence.config.files import beside
from joinfence.config.state import state_folder
from joinfence.records.census import Census
from joinfence.records.diff import Noting, config_events, order_events, rejection, removal_events
from joinfence.records.log.events import EventError, EventKind
from joinfence.records.log.files import read_events
from joinfence.records.log.writer import EventLog, LogError
from joinfence.records.logged import LoggedState
from joinfence.records.orders import Watch
from joinfence.records.snapshot import config_state_of, rejected_files
from joinfence.records.tallies.counter import TallyCounter
from joinfence.records.tallies.database import TallyError, TallyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.decision import Decision
    from joinfence.loading.loader import Loaded
    from joinfence.records.diff import OrderState
    from joinfence.records.log.events import Event

logger = logging.getLogger(__name__)

INTERVAL: Final = 3.0
"""Seconds between two writings: what a process that is killed loses at most."""

_LAST: Final = 10.0
"""Seconds that the end waits for the last writing."""

_BATCH: Final = 1000
_MOST_PROBLEMS: Final = 1000
_LONGEST_PAUSE: Final = 60.0
_SAYS: Final = {"tallies": "the tallies", "event_log": "the event log"}


class Recorder:
    """Takes what happens from any thread, and writes it in its own."""

    def __init__(self) -> None:
        """Start with nothing to write."""
        self.tallies = TallyCounter()
        self.failures: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._halt = False
        self._fresh: Loaded | None = None
        self._problems: list[Problem] = []
        self._writing = _Writing()
        self._failing: dict[str, tuple[float, float]] = {}  # when to try again, and the pause before
        self._counted_wrong = False
        self._thread = threading.Thread(target=self._run, name="joinfence-recorder", daemon=True)

    def start(self) -> None:
        """Start the thread, unless the end has come already."""
        if not self._halt:
            self._thread.start()

    def loaded(self, loaded: Loaded) -> None:
        """Take the policy that is in force from now on."""
        with self._lock:
            self._fresh = loaded
        self._wake.set()

    def not_loaded(self, problems: Iterable[Problem]) -> None:
        """Take what is wrong with files that are not in force."""
        with self._lock:
            self._problems += problems
        self._wake.set()

    def stop(self) -> None:
        """Write what is left, and end the thread."""
        if self._halt:
            return
        self._halt = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_LAST)
        else:
            self._write()

    @property
    def census(self) -> Census:
        """Return how many orders stand where, as of the last writing."""
        return self._writing.census

    def count(self, decision: Decision, at: datetime) -> None:
        """Count a decision in the tallies. Never raises: no decision waits for a record of it."""
        try:
            self.tallies.count(decision, at)
        except Exception as error:  # noqa: BLE001 - see above
            self.failures["tallies"] += 1
            if not self._counted_wrong:
                self._counted_wrong = True
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
            fresh, self._fresh = self._fresh, None
            problems, self._problems = self._problems, []
        if fresh is not None:
            self._writing.use(fresh)
        self._writing.rejected = [*self._writing.rejected, *problems][-_MOST_PROBLEMS:]
        self._try("tallies", lambda: self._writing.tallies(self.tallies))
        self._try("event_log", self._writing.events)

    def _try(self, what: str, write: Callable[[], None]) -> None:
        again, pause = self._failing.get(what, (0.0, INTERVAL))
        if time.monotonic() < again:
            return
        try:
            write()
        except Exception as error:  # noqa: BLE001 - no trouble with a disk ends the thread
            self.failures[what] += 1
            if what not in self._failing:
                logger.error("%s cannot be written, and nothing else stops: %s", _SAYS[what], _why(error))  # noqa: TRY400
            self._failing[what] = time.monotonic() + pause, min(2 * pause, _LONGEST_PAUSE)
        else:
            if self._failing.pop(what, None):
                logger.warning("%s can be written again", _SAYS[what])


def _why(error: Exception) -> str:
    told = isinstance(error, OSError | sqlite3.Error | TallyError | LogError | EventError)
    return str(error) if told else type(error).__name__


class _Writing:
    """What the thread holds: where it writes to, and what is written already."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._folder: Path | None = None
        self._store: TallyStore | None = None
        self._is_made = False
        self._log: EventLog | None = None
        self._logged: LoggedState | None = None
        self._watch = Watch()
        self._is_fresh = False
        self.rejected: list[Problem] = []
        self.census = Census()

    def use(self, loaded: Loaded) -> None:
        """Write for this policy from now on."""
        folder = state_folder(loaded.main, loaded.settings)
        key = loaded.settings.event_log.key
        if self._loaded is None or folder != self._folder or key != self._loaded.settings.event_log.key:
            host = urlsplit(loaded.settings.operator.url).hostname or "joinfence"
            self._folder, self._store, self._is_made = folder, TallyStore(folder), False
            self._log = EventLog(folder, host=host, key=beside(loaded.main, key) if key else None)
            self._logged = None
            self._watch.again()
        self._loaded, self._is_fresh = loaded, True

    def tallies(self, tallies: TallyCounter) -> None:
        """Write what was counted. The database is made at once: nothing counted is not nothing kept."""
        if self._store is None:
            return
        if not self._is_made:
            self._store.add({})
            self._is_made = True
        tallies.write(self._store)

    def events(self) -> None:
        """Append what has changed. What fails is tried again with a later writing."""
        loaded, log, folder = self._loaded, self._log, self._folder
        if loaded is None or log is None or folder is None:
            return
        now = datetime.now(UTC)
        try:
            if self._logged is None:
                _check(log, now)
                self._logged = LoggedState.replayed(entry.event for entry in read_events(folder))
            self._append(self._changes(loaded, self._logged, now), log, self._logged)
        except BaseException:
            # What the log does not say is found when all is looked at again; where orders stand is seen now.
            for _ in self._watch.changed(loaded, now):
                pass
            self._watch.again()
            self._is_fresh = True
            raise
        finally:
            self.census = self._watch.census(now)
        self._is_fresh, self.rejected = False, []

    def _append(self, events: Iterator[Event], log: EventLog, logged: LoggedState) -> None:
        batch: list[Event] = []
        for event in events:
            batch.append(event)
            if len(batch) >= _BATCH:
                _flush(batch, log, logged)
        _flush(batch, log, logged)

    def _changes(self, loaded: Loaded, logged: LoggedState, now: datetime) -> Iterator[Event]:
        noting = _noting(now)
        if self._is_fresh:
            yield from config_events(config_state_of(loaded), logged, noting)
        for order in self._orders(loaded, now):
            yield from order_events(order, logged, noting)
        if self._is_fresh:
            yield from removal_events(loaded.order_digests.keys(), logged, noting)
        for order_id, sha256 in dict.fromkeys(rejected_files(loaded, self.rejected)):
            yield from rejection(order_id, sha256, logged, noting)

    def _orders(self, loaded: Loaded, now: datetime) -> Iterator[OrderState]:
        return self._watch.changed(loaded, now) if self._is_fresh else self._watch.due(loaded, now)


def _noting(now: datetime) -> Noting:
    return Noting(time=now, engine=version("joinfence"))


def _check(log: EventLog, now: datetime) -> None:
    """Look at a log that is written to first now, and move aside what is not part of it."""
    if moved := log.append(()):
        _tell_moved(moved)
        log.append([_noting(now).event(EventKind.LOG_REPAIRED, reason="uncommitted")])


def _tell_moved(moved: int) -> None:
    logger.error("%d bytes of the event log had no head over them and were moved aside", moved)


def _flush(batch: list[Event], log: EventLog, logged: LoggedState) -> None:
    if not batch:
        return
    if moved := log.append(batch):
        _tell_moved(moved)
    for event in batch:
        logged.take(event)
    batch.clear()
