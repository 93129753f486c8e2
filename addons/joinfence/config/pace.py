"""Long work in a background thread that lets the thread which answers requests have its turn."""

from __future__ import annotations

import threading
import time
from typing import Final

_WORK: Final = 0.002
_REST: Final = 0.0005


class Pace:
    """Called at each step of a long loop: after two milliseconds of work it rests for half of one.

    Python hands over between threads only every five milliseconds by itself, at each step of an answer. In
    the main thread nobody is kept waiting, and it does nothing.
    """

    def __init__(self) -> None:
        """Start the clock."""
        self._in_background = threading.current_thread() is not threading.main_thread()
        self._since = time.perf_counter()

    def __call__(self) -> None:
        """Rest, if it is time to."""
        if self._in_background and time.perf_counter() - self._since > _WORK:
            time.sleep(_REST)
            self._since = time.perf_counter()
