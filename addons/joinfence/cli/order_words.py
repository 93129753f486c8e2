"""The standing of an order and its next change, in words and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from joinfence.engine.order import Mode, Standing, next_change, standing
from joinfence.text.standings import STANDINGS

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from joinfence.engine.order import Order

COLOUR: Final = {
    Standing.IN_FORCE: "green",
    Standing.NOT_YET_EFFECTIVE: "cyan",
    Standing.REVIEW_MISSED: "bold yellow",
    Standing.EXPIRED: "dim",
    Standing.SUSPENDED: "yellow",
    Standing.UNAPPROVED: "bold yellow",
    Standing.UNPUBLISHED: "bold yellow",
}


def standing_words(order: Order, at: datetime) -> str:
    """Return the standing of an order at an aware instant, in words."""
    words = STANDINGS[standing(order, at)].now
    return f"{words}, observes" if order.mode is Mode.OBSERVE else words


def next_event(order: Order, at: datetime) -> tuple[str, datetime, timedelta] | None:
    """Return what will change by itself next, when, and in how long, or None if nothing will."""
    change = next_change(order, at)
    if change is None:
        return None
    instant, after = change
    return STANDINGS[after].change, instant, instant - at


def state(order: Order, at: datetime) -> dict[str, Any]:
    """Return the standing of an order at an aware instant as JSON-ready data, times left in seconds."""
    event = next_change(order, at)
    left = order.expires_at - at
    return {
        "standing": standing(order, at).value,
        "mode": order.mode.value,
        **dates(order),
        "seconds_left": max(0, int(left.total_seconds())),
        "next_event": {
            "at": event[0].isoformat(),
            "standing": event[1].value,
            "seconds_left": int((event[0] - at).total_seconds()),
        }
        if event
        else None,
    }


def dates(order: Order) -> dict[str, str]:
    """Return the dates that determine the standing of an order, JSON-ready, by their keys in its file."""
    return {name: getattr(order, name).isoformat() for name in ("effective_from", "review_by", "expires_at")}
