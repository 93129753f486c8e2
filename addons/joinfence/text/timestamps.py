"""Instants as programs read them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def rfc3339(at: datetime, timespec: str = "auto") -> str:
    """Return an aware instant in UTC as RFC 3339 section 5.6 writes it, ending in Z.

    `timespec` is that of `datetime.isoformat`: "auto" for fractions of a second only where there are any,
    "seconds" to leave them out.
    """
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
