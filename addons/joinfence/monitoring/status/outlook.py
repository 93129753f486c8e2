"""Where all orders stand, and which of them changes next."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import BEHIND, Throttle
from joinfence.engine.order import Standing, standing
from joinfence.loading.changes import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.engine.order import Order
    from joinfence.loading.changes import OrderWithNextChange
    from joinfence.loading.loader import Loaded

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


type Prospect = tuple[str, datetime | None, str]
"""The standing of an order, and when it changes by itself, if it does, to which.

Of plain values only: the garbage collector passes those over, however many there are.
"""


def prospect(seen_order: OrderWithNextChange, now: datetime) -> Prospect:
    """Return the prospect of an order that was looked at, at an aware instant."""
    order, change = seen_order
    at, becomes = change or (None, standing(order, now))
    # Instants of one zone are compared in a tenth of the time of others.
    return standing(order, now).value, at and at.astimezone(UTC), becomes.value


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


class Lookout:
    """Keeps the outlook: after a load or a change only the orders concerned are looked at again."""

    def __init__(self) -> None:
        """Start without orders."""
        self._seen = Seen()
        self._prospects: dict[str, Prospect] = {}

    def look(self, loaded: Loaded, now: datetime) -> Outlook:
        """Return where the orders of a policy stand at an aware instant. Holds until the first change."""
        for seen_orders in (self._seen.changed(loaded, now), self._seen.due(loaded, now)):
            for seen_order in seen_orders:
                self._prospects[seen_order[0].id] = prospect(seen_order, now)
        for gone in self._prospects.keys() - loaded.order_digests.keys():
            del self._prospects[gone]
        return outlook(self._prospects, loaded.policy.orders.get)


def outlook(prospects: Mapping[str, Prospect], order: Callable[[str], Order | None]) -> Outlook:
    """Return the outlook over orders: id -> prospect. `order` returns the order of an id."""
    counts: Counter[str] = Counter()
    named: defaultdict[str, list[str]] = defaultdict(list)
    reviews: list[tuple[datetime, str]] = []
    pace = Throttle(BEHIND)

    def look() -> Iterator[tuple[datetime, str]]:
        for order_id, (stands, at, becomes) in prospects.items():
            pace()
            counts[stands] += 1
            if stands in _NAMED:
                named[stands].append(order_id)
            if at is None:
                continue
            if becomes == Standing.REVIEW_MISSED and (len(reviews) < MOST or (at, order_id) < reviews[-1]):
                insort(reviews, (at, order_id))
                del reviews[MOST:]
            yield at, order_id

    def changes(found: Iterable[tuple[datetime, str]]) -> tuple[UpcomingChange, ...]:
        return tuple(
            UpcomingChange(
                at=at.astimezone(each.expires_at.tzinfo),
                becomes=Standing(prospects[order_id][2]),
                order=order_id,
                version=each.version,
                territory=each.territory,
            )
            for at, order_id in found
            if (each := order(order_id))
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
