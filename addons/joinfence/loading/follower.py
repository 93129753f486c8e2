"""Loads the configuration again whenever its files change, in a thread beside the event loop.

The files are polled. Unlike notifications, polling also works with renames, swapped symbolic links and
network file systems.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from joinfence.background.subprocesses import MANY
from joinfence.config.files import file_stamp
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from joinfence.config.files import Fingerprint
    from joinfence.config.yaml.problems import Problem
    from joinfence.loading.loader import Loaded, Loader

logger = logging.getLogger(__name__)

INTERVAL: Final = 0.3
"""Polling interval in seconds. An edit takes effect after two intervals and the time to load."""

MAX_POLLS: Final = 4
"""How often changed files are polled while they keep changing; then they are loaded as they are."""


class Follower(threading.Thread):
    """A thread that passes on each new policy, and each problem of an edit once."""

    def __init__(
        self,
        loader: Loader,
        on_loaded: Callable[[Loaded], None],
        on_problems: Callable[[tuple[Problem, ...]], None],
        *,
        fingerprint: Fingerprint,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """Take the loader, callbacks, which run in this thread, and the fingerprint before the last load.

        `wait` waits for a number of seconds and returns whether the thread must end; tests replace it.
        """
        super().__init__(name="joinfence-follower", daemon=True)
        self._loader = loader
        self._on_loaded = on_loaded
        self._on_problems = on_problems
        self._fingerprint = fingerprint
        self._reported: frozenset[Problem] = frozenset()
        self._halt = threading.Event()
        self._wait = wait or self._halt.wait

    def stop(self) -> None:
        """End the thread after the current poll."""
        self._halt.set()

    def run(self) -> None:
        """Poll the files until `stop`, and load them after each change."""
        pause = INTERVAL
        while not self._wait(pause):
            pause = self.poll()
        self._loader.stop_watching()

    def poll(self) -> float:
        """Load if the files have changed. Return the seconds to wait before the next poll."""
        started = time.monotonic()
        now = self._loader.fingerprint()
        # With very many files a poll takes long; polling takes at most half of the time.
        pause = max(INTERVAL, time.monotonic() - started)
        # Comparing the stamps of many files takes milliseconds; the same object needs no comparison.
        if now is not self._fingerprint and now != self._fingerprint:
            self._fingerprint = self._settled(now)
            self._load(self._fingerprint)
        return pause

    def _settled(self, now: Fingerprint) -> Fingerprint:
        """Wait until changed files stop changing, up to MAX_POLLS times, and return the last fingerprint."""
        changed = [path for path, stamp in now.items() if self._fingerprint.get(path) != stamp]
        for _ in range(MAX_POLLS):
            self._wait(INTERVAL)
            if len(changed) < MANY:
                later = now | {path: file_stamp(path) for path in changed}
            else:
                later = self._loader.fingerprint()
            if later == now:
                break
            now = later
        return now

    def _load(self, fingerprint: Fingerprint) -> None:
        try:
            loaded = self._loader.load(datetime.now(UTC), fingerprint)
        except ConfigError as error:
            self._report(error.problems)
        except Exception as error:  # noqa: BLE001 - no error may end the thread: later edits must still be loaded
            logger.error("the configuration could not be loaded: %s", type(error).__name__)  # noqa: TRY400
        else:
            self._on_loaded(loaded)
            self._report(loaded.warnings)

    def _report(self, problems: tuple[Problem, ...]) -> None:
        if new := tuple(problem for problem in problems if problem not in self._reported):
            self._on_problems(new)
        self._reported = frozenset(problems)
