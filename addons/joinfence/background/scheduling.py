"""Interpreter settings that keep background threads from holding up answers."""

from __future__ import annotations

import gc
import sys
from typing import Final

_SWITCH_INTERVAL: Final = 0.0005
_MANY_ORDERS: Final = 1000


def shorten_switch_interval() -> None:
    """Let another thread run after half a millisecond, rather than after Python's five.

    An answer waits for the interpreter lock some thirty times, and each time a computing thread may keep it
    for the whole interval.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)


class LongLivedObjects:
    """Exempts objects that stay from garbage collection, which takes a second to traverse 100,000 orders."""

    def __init__(self) -> None:
        """Exempt nothing yet."""
        self._orders: int | None = None

    def freeze(self, orders: int) -> None:
        """Exempt all objects that exist now, if the number of orders has changed a lot since the last time.

        Not after each load, since this also keeps what happens to be garbage at this moment.
        """
        if self._orders is None or abs(orders - self._orders) >= _MANY_ORDERS:
            gc.freeze()
            self._orders = orders
