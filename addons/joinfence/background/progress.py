"""Progress of long work, for the log."""

from __future__ import annotations

import logging
import time
from typing import Final

logger = logging.getLogger("joinfence")

_SECONDS_BETWEEN: Final = 5.0


class Progress:
    """Logs every few seconds how many steps are done."""

    def __init__(self, what: str, total: int) -> None:
        """Take a name for the work, and the number of its steps."""
        self._what, self._total, self._done, self._logged_at = what, total, 0, time.monotonic()

    def step(self) -> None:
        """Count one step."""
        self._done += 1
        if time.monotonic() - self._logged_at > _SECONDS_BETWEEN:
            self._logged_at = time.monotonic()
            logger.info("%s: %s of %s", self._what, f"{self._done:,}", f"{self._total:,}")
