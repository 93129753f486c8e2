"""Follows a configuration's files and loads it anew when they change, off the event loop.

By polling: it sees renames, swapped links and network file systems alike, which notifications do not.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from joinfence.config.problems import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from joinfence.assembly import Loaded, Loader
    from joinfence.config.files import Fingerprint
    from joinfence.config.problems import Problem

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
    ) -> None:
        """Take the loader, the callbacks (called in this thread) and what was seen before the last load."""
        super().__init__(name="joinfence-follower", daemon=True)
        self._loader = loader
        self._on_loaded = on_loaded
        self._on_problems = on_problems
        self._seen = seen
        self._told: tuple[Problem, ...] = ()
        self._halt = threading.Event()

    def stop(self) -> None:
        """End the thread after its current look."""
        self._halt.set()

    def run(self) -> None:
        """Look, and load once the files have changed and come to rest."""
        before, looks, pause = self._seen, 0, INTERVAL
        while not self._halt.wait(pause):
            started = time.monotonic()
            now = self._loader.fingerprint()
            # However many files there are, looking takes at most a third of the time.
            pause = max(INTERVAL, 2 * (time.monotonic() - started))
            if now == self._seen:
                looks = 0
            elif now == before or looks >= MOST_LOOKS:
                self._seen, looks = now, 0
                self._load()
            else:
                looks += 1
            before = now

    def _load(self) -> None:
        try:
            loaded = self._loader.load(datetime.now(UTC))
        except ConfigError as error:
            self._tell(error.problems)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, following goes on
            logger.error("the configuration could not be loaded: %s", type(error).__name__)  # noqa: TRY400
        else:
            self._on_loaded(loaded)
            self._tell(loaded.warnings)

    def _tell(self, problems: tuple[Problem, ...]) -> None:
        if problems and problems != self._told:
            self._on_problems(problems)
        self._told = problems
