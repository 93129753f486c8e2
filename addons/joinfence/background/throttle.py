"""Pauses in the long loops of background threads, so that the thread that answers requests gets to run.

Python runs one thread at a time. A thread that computes gives up the interpreter only at the switch interval,
so answering becomes slower the more often it has to wait. A short sleep gives the interpreter up at once.
"""

from __future__ import annotations

import threading
import time
from typing import Final

_WORK: Final = 0.002
_REST: Final = 0.0005

LOW_PRIORITY: Final = 0.004
"""Seconds to sleep in work of low priority: writing records, and the state that people look at."""

_shutting_down = threading.Event()


class Throttle:
    """Called at each step of a long loop: sleeps half a millisecond after every two milliseconds of work.

    Does nothing in the main thread, where nobody is kept waiting, and nothing during shutdown.
    """

    def __init__(self, rest: float = _REST) -> None:
        """Start counting. `rest` is how long to sleep, in seconds."""
        self._in_background = threading.current_thread() is not threading.main_thread()
        self._rest = rest
        self._since = time.perf_counter()

    def __call__(self) -> None:
        """Sleep if it is time to."""
        if self._in_background and time.perf_counter() - self._since > _WORK:
            if not _shutting_down.is_set():
                time.sleep(self._rest)
            self._since = time.perf_counter()


def stop_throttling() -> None:
    """Stop throttling: we are shutting down, so flush."""
    _shutting_down.set()


def resume_throttling() -> None:
    """Throttle again, in a process that stops one fence and starts another."""
    _shutting_down.clear()
