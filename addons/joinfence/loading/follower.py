"""Follows a configuration's files and loads it anew when they change, off the event loop.

By polling: it sees renames, swapped links and network file systems alike, which notifications do not.
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
"""Seconds between two looks: an edit is in force after two of them and the time to load."""

MOST_LOOKS: Final = 4
"""How often files may be found still changing before they are loaded as they are."""


class Follower(threading.Thread):
    """A thread that calls back with each new policy, or with the problems of an edit, once each."""

    def __init__(
        self,
        loader: Loader,
        on_loaded: Callable[[Loaded], None],
        on_problems: Callable[[tuple[Problem, ...]], None],
        *,
        seen: Fingerprint,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """Take the loader, the callbacks (called in this thread) and what was seen before the last load.

        `wait` lets so many seconds pass and tells whether the thread is to end; it goes by the clock unless
        given.
        """
        super().__init__(name="joinfence-follower", daemon=True)
        self._loader = loader
        self._on_loaded = on_loaded
        self._on_problems = on_problems
        self._seen = seen
        self._told: frozenset[Problem] = frozenset()
        self._halt = threading.Event()
        self._wait = wait or self._halt.wait

    def stop(self) -> None:
        """End the thread after its current look."""
        self._halt.set()

    def run(self) -> None:
        """Look, and load once the files have changed and come to rest."""
        pause = INTERVAL
        while not self._wait(pause):
            pause = self.look()
        self._loader.end()

    def look(self) -> float:
        """Look once, and load if the files have changed. Return the seconds until the next look."""
        started = time.monotonic()
        now = self._loader.fingerprint()
        # However many files there are, looking takes at most half of the time.
        pause = max(INTERVAL, time.monotonic() - started)
        if now is not self._seen and now != self._seen:  # to compare many takes milliseconds
            self._seen = self._at_rest(now)
            self._load(self._seen)
        return pause

    def _at_rest(self, now: Fingerprint) -> Fingerprint:
        """Return what is seen once the files that changed have come to rest, or do not."""
        changed = [path for path, found in now.items() if self._seen.get(path) != found]
        for _ in range(MOST_LOOKS):
            self._wait(INTERVAL)
            if len(changed) < MANY:
                later = now | {path: file_stamp(path) for path in changed}
            else:
                later = self._loader.fingerprint()
            if later == now:
                break
            now = later
        return now

    def _load(self, seen: Fingerprint) -> None:
        try:
            loaded = self._loader.load(datetime.now(UTC), seen)
        except ConfigError as error:
            self._tell(error.problems)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, following goes on
            logger.error("the configuration could not be loaded: %s", type(error).__name__)  # noqa: TRY400
        else:
            self._on_loaded(loaded)
            self._tell(loaded.warnings)

    def _tell(self, problems: tuple[Problem, ...]) -> None:
        if new := tuple(problem for problem in problems if problem not in self._told):
            self._on_problems(new)
        self._told = frozenset(problems)
