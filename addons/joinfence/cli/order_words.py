"""Where an order stands and what comes next, in words and as data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from joinfence.engine.order import Mode, Standing, next_change, standing

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.order import Order

STANDING: Final = {
    Standing.IN_FORCE: "in force",
    Standing.NOT_YET_EFFECTIVE: "not yet effective",
    Standing.REVIEW_MISSED: "review missed",
    Standing.EXPIRED: "expired",
    Standing.SUSPENDED: "suspended",
    Standing.UNAPPROVED: "not approved",
    Standing.UNPUBLISHED: "not public",
}
COLOUR: Final = {
    Standing.IN_FORCE: "green",
    Standing.NOT_YET_EFFECTIVE: "cyan",
    Standing.REVIEW_MISSED: "bold yellow",
    Standing.EXPIRED: "dim",
    Standing.SUSPENDED: "yellow",
    Standing.UNAPPROVED: "bold yellow",
    Standing.UNPUBLISHED: "bold yellow",
}
_EVENT: Final = {
    Standing.IN_FORCE: "begins",
    Standing.NOT_YET_EFFECTIVE: "approved",
    Standing.REVIEW_MISSED: "review due",
    Standing.EXPIRED: "expires",
    Standing.SUSPENDED: "suspended",
    Standing.UNAPPROVED: "approval ends",
    Standing.UNPUBLISHED: "not public",
}
_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def standing_words(order: Order, at: datetime) -> str:
    """Return where the order stands at an aware instant."""
    words = STANDING[standing(order, at)]
    return f"{words}, observes" if order.mode is Mode.OBSERVE else words


def next_event(order: Order, at: datetime) -> tuple[str, datetime, timedelta] | None:
    """Return what happens to the order next by itself, when, and how long until then; None if nothing."""
    change = next_change(order, at)
    if change is None:
        return None
    instant, after = change
    return _EVENT[after], instant, instant - at


def duration(length: timedelta) -> str:
    """Return a length of time in the largest unit of which there are two, rounded down."""
    for unit, size in _UNITS:
        if length >= 2 * size:
            return f"{length // size} {unit}s"
    seconds = length // timedelta(seconds=1)
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def state(order: Order, at: datetime) -> dict[str, Any]:
    """Return where the order stands at an aware instant as JSON-ready data; times left are in seconds."""
    event = next_change(order, at)
    left = order.expires_at - at
    return {
        "standing": standing(order, at).value,
        "mode": order.mode.value,
        "effective_from": order.effective_from.isoformat(),
        "review_by": order.review_by.isoformat(),
        "expires_at": order.expires_at.isoformat(),
        "seconds_left": max(0, int(left.total_seconds())),
        "next_event": {
            "at": event[0].isoformat(),
            "standing": event[1].value,
            "seconds_left": int((event[0] - at).total_seconds()),
        }
        if event
        else None,
    }
