"""Where all orders stand, and which of them changes next."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import BEHIND, Throttle
from joinfence.engine.order import Standing
from joinfence.loading.order_states import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.loading.order_states import OrderStates

MOST: Final = 20
"""How many orders are named in each list."""

_NAMED: Final = {Standing.REVIEW_MISSED, Standing.UNAPPROVED, Standing.UNPUBLISHED}


@dataclass(frozen=True, slots=True)
class UpcomingChange:
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
    changes: tuple[UpcomingChange, ...]
    reviews: tuple[UpcomingChange, ...]
    missed: tuple[str, ...]
    unapproved: tuple[str, ...]
    unpublished: tuple[str, ...]


def outlook(orders: OrderStates) -> Outlook:
    """Return the outlook over orders. It may take long: hold no lock over it."""
    counts: Counter[str] = Counter()
    named: defaultdict[str, list[str]] = defaultdict(list)
    reviews: list[tuple[datetime, str]] = []
    pace = Throttle(BEHIND)

    def look() -> Iterator[tuple[datetime, str]]:
        for order_id, (stands, _version, _review_by, _after, at, becomes) in orders.states.items():
            pace()
            counts[stands] += 1
            if stands in _NAMED:
                named[stands].append(order_id)
            if at is NEVER:
                continue
            if becomes == Standing.REVIEW_MISSED and (len(reviews) < MOST or (at, order_id) < reviews[-1]):
                insort(reviews, (at, order_id))
                del reviews[MOST:]
            yield at, order_id

    def changes(found: Iterable[tuple[datetime, str]]) -> tuple[UpcomingChange, ...]:
        return tuple(
            UpcomingChange(
                at=at.astimezone(each.expires_at.tzinfo),
                becomes=Standing(orders.states[order_id][-1]),
                order=order_id,
                version=each.version,
                territory=each.territory,
            )
            for at, order_id in found
            if (each := orders.loaded.policy.orders.get(order_id))
        )

    nearest = nsmallest(MOST, look())
    return Outlook(
        standings={stands.value: counts[stands] for stands in Standing},
        changes=changes(nearest),
        reviews=changes(reviews),
        missed=_some(named[Standing.REVIEW_MISSED]),
        unapproved=_some(named[Standing.UNAPPROVED]),
        unpublished=_some(named[Standing.UNPUBLISHED]),
    )


def _some(orders: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(orders)[:MOST])
