"""Timestamps for programs."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def rfc3339(at: datetime, timespec: str = "auto") -> str:
    """Return an aware instant in UTC in the format of RFC 3339 section 5.6, ending in Z.

    `timespec` is that of `datetime.isoformat`: "auto" includes fractions of a second unless they are zero,
    "seconds" leaves them out.
    """
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
