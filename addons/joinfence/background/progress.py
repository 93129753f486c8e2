"""A word now and then on how far long work has come."""

from __future__ import annotations

import logging
import time
from typing import Final

logger = logging.getLogger("joinfence")

_SECONDS_BETWEEN_WORD: Final = 5.0


class Progress:
    """Says every few seconds how many of so many steps are done."""

    def __init__(self, what: str, total: int) -> None:
        """Take what is done and the number of steps."""
        self._what, self._total, self._done, self._said = what, total, 0, time.monotonic()

    def step(self) -> None:
        """Count one step."""
        self._done += 1
        if time.monotonic() - self._said > _SECONDS_BETWEEN_WORD:
            self._said = time.monotonic()
            logger.info("%s: %s of %s", self._what, f"{self._done:,}", f"{self._total:,}")
