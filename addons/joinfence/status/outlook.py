"""Where all orders stand, and which of them changes next."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from joinfence.config.pace import Pace
from joinfence.engine.orders import next_change, standing
from joinfence.engine.values import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.engine.values import Order

MOST: Final = 20
"""How many orders are named in each list."""

_NAMED: Final = {Standing.REVIEW_MISSED, Standing.UNAPPROVED, Standing.UNPUBLISHED}


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """What happens to an order next by itself: when, and how it stands from then on."""

    at: datetime
    becomes: Standing
    order: str
    version: int
    territory: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The orders at one instant. `changes` is nearest first; the tuples of text name orders.

    `reviews` are the nearest of those changes that a review prevents, however many others come before.
    """

    standings: Mapping[str, int]
    changes: tuple[Change, ...]
    reviews: tuple[Change, ...]
    missed: tuple[str, ...]
    unapproved: tuple[str, ...]
    unpublished: tuple[str, ...]


def outlook(orders: Iterable[Order], now: datetime) -> Outlook:
    """Return where orders stand at an aware instant. Holds until the first of its changes."""
    counts: Counter[Standing] = Counter()
    named: defaultdict[Standing, list[str]] = defaultdict(list)
    reviews: list[Change] = []
    pace = Pace()

    def look() -> Iterator[Change]:
        for order in orders:
            pace()
            stands = standing(order, now)
            counts[stands] += 1
            if stands in _NAMED:
                named[stands].append(order.id)
            if found := next_change(order, now):
                change = Change(*found, order.id, order.version, order.territory)
                if change.becomes is Standing.REVIEW_MISSED:
                    insort(reviews, change)
                    del reviews[MOST:]
                yield change

    changes = tuple(nsmallest(MOST, look()))
    return Outlook(
        standings={stands.value: counts[stands] for stands in Standing},
        changes=changes,
        reviews=tuple(reviews),
        missed=_some(named[Standing.REVIEW_MISSED]),
        unapproved=_some(named[Standing.UNAPPROVED]),
        unpublished=_some(named[Standing.UNPUBLISHED]),
    )


def _some(orders: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(orders)[:MOST])
