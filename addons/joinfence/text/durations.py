"""Durations in English, for operators."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def duration(length: timedelta) -> str:
    """Return a duration such as 47 hours: in the largest unit of which it has at least two, rounded down.

    A negative duration is 0 seconds.
    """
    for unit, size in _UNITS:
        if length >= 2 * size:
            return f"{length // size} {unit}s"
    seconds = max(length // timedelta(seconds=1), 0)
    return f"{seconds} second{'' if seconds == 1 else 's'}"
