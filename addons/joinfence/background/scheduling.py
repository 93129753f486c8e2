"""What keeps the fence's own work in the background from holding up its answers."""

from __future__ import annotations

import gc
import sys
from typing import Final

_TURN: Final = 0.0005
_MANY: Final = 1000


def take_short_turns() -> None:
    """Have threads hand over every half of a millisecond.

    Python lets a thread that calculates go on for five, each time that another wants to: an answer asks for
    its turn some thirty times, and a look at a file once.
    """
    sys.setswitchinterval(_TURN)


class LongLived:
    """Spares the garbage collector what stays: walking through 100,000 orders takes it a second."""

    def __init__(self) -> None:
        """Nothing is spared yet."""
        self._spared: int | None = None

    def spare(self, orders: int) -> None:
        """Spare what there is by now, if the number of orders is very different from the last time.

        Not after each load: what is garbage in this instant is spared as well.
        """
        if self._spared is None or abs(orders - self._spared) >= _MANY:
            gc.freeze()
            self._spared = orders
