"""Where all orders stand, and which of them changes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from joinfence.engine.orders import standing
from joinfence.engine.values import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.engine.values import Order

MOST: Final = 20
"""How many orders are named in each list."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """What happens to an order next by itself: `what` is effective, review_due, expiry or suspension."""

    at: datetime
    what: str
    order: str
    version: int
    territory: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The orders at one instant. `changes` is nearest first; `missed` names orders with an overdue review."""

    standings: Mapping[str, int]
    changes: tuple[Change, ...]
    missed: tuple[str, ...]


def outlook(orders: Iterable[Order], now: datetime) -> Outlook:
    """Return where orders stand at an aware instant. Holds until the first of its changes."""
    counts: Counter[Standing] = Counter()
    missed: list[str] = []

    def look() -> Iterator[Change]:
        for order in orders:
            stands = standing(order, now)
            counts[stands] += 1
            if stands is Standing.REVIEW_MISSED:
                missed.append(order.id)
            if change := next_change(order, stands):
                yield change

    changes = tuple(nsmallest(MOST, look()))
    return Outlook(
        standings={stands.value: counts[stands] for stands in Standing},
        changes=changes,
        missed=tuple(sorted(missed)[:MOST]),
    )


def next_change(order: Order, stands: Standing) -> Change | None:
    """Return what happens next to an order that stands so, None where nothing does by itself."""
    if stands is Standing.EXPIRED:
        return None
    events = [(order.expires_at, "expiry")]
    if stands is Standing.NOT_YET_EFFECTIVE:
        events.append((order.effective_from, "effective"))
    if stands is Standing.IN_FORCE and order.review_by < order.expires_at:
        events.append((order.review_by, "review_due"))
    if stands is not Standing.SUSPENDED and order.suspended_since is not None:
        events.append((order.suspended_since, "suspension"))
    at, what = min(events)
    return Change(at, what, order.id, order.version, order.territory)
