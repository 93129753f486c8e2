"""Long work in a background thread that lets the thread which answers requests have its turn."""

from __future__ import annotations

import threading
import time
from typing import Final

_WORK: Final = 0.002
_REST: Final = 0.0005

BEHIND: Final = 0.004
"""Seconds that work rests which answers and edits go before: records, and the state for people to look at."""

_ending = threading.Event()


class Throttle:
    """Called at each step of a long loop: after two milliseconds of work it rests for half of one.

    In the main thread nobody is kept waiting, and it does nothing; nor does it once the end has come.
    """

    def __init__(self, rest: float = _REST) -> None:
        """Start the clock. `rest` is in seconds."""
        self._in_background = threading.current_thread() is not threading.main_thread()
        self._rest = rest
        self._since = time.perf_counter()

    def __call__(self) -> None:
        """Rest, if it is time to."""
        if self._in_background and time.perf_counter() - self._since > _WORK:
            if not _ending.is_set():
                time.sleep(self._rest)
            self._since = time.perf_counter()


def hurry(*, ending: bool = True) -> None:
    """Have no work rest any more: the process ends, and what is left to write has to be written."""
    (_ending.set if ending else _ending.clear)()
