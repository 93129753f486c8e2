"""Counts of orders by standing, and the orders that change next."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import LOW_PRIORITY, Throttle
from joinfence.engine.order import Standing
from joinfence.loading.order_states import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.loading.order_states import OrderStates

MAX_NAMED: Final = 20
"""How many orders each list names at most."""

_LISTED: Final = {Standing.REVIEW_MISSED, Standing.UNAPPROVED, Standing.UNPUBLISHED}


@dataclass(frozen=True, slots=True)
class UpcomingChange:
    """The next change of an order that happens by itself: when, and its standing afterwards."""

    at: datetime
    becomes: Standing
    order: str
    version: int
    territory: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The orders at one instant: standing -> count, and lists of orders, the nearest or first of each.

    `reviews` are the nearest changes that a review would prevent, however many other changes come before.
    """

    standings: Mapping[str, int]
    changes: tuple[UpcomingChange, ...]
    reviews: tuple[UpcomingChange, ...]
    missed: tuple[str, ...]
    unapproved: tuple[str, ...]
    unpublished: tuple[str, ...]


def outlook(orders: OrderStates) -> Outlook:
    """Return the outlook over orders. May take long: call without holding a lock."""
    survey = _Survey()
    nearest = nsmallest(MAX_NAMED, survey.changes(orders))
    return Outlook(
        standings={standing.value: survey.counts[standing] for standing in Standing},
        changes=_upcoming(nearest, orders),
        reviews=_upcoming(survey.reviews, orders),
        missed=survey.first(Standing.REVIEW_MISSED),
        unapproved=survey.first(Standing.UNAPPROVED),
        unpublished=survey.first(Standing.UNPUBLISHED),
    )


@dataclass(slots=True)
class _Survey:
    """What one pass over all orders collects: there may be 100,000 of them."""

    counts: Counter[str] = field(default_factory=Counter)
    listed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    reviews: list[tuple[datetime, str]] = field(default_factory=list)

    def changes(self, orders: OrderStates) -> Iterator[tuple[datetime, str]]:
        """Yield when each order changes next, if it does, with its id; collect the rest as well."""
        throttle = Throttle(LOW_PRIORITY)
        for order_id, (standing, _version, _review_by, _after, at, becomes) in orders.states.items():
            throttle()
            self.counts[standing] += 1
            if standing in _LISTED:
                self.listed[standing].append(order_id)
            if at is NEVER:
                continue
            if becomes == Standing.REVIEW_MISSED:
                self._note_review(at, order_id)
            yield at, order_id

    def _note_review(self, at: datetime, order_id: str) -> None:
        if len(self.reviews) < MAX_NAMED or (at, order_id) < self.reviews[-1]:
            insort(self.reviews, (at, order_id))
            del self.reviews[MAX_NAMED:]

    def first(self, standing: Standing) -> tuple[str, ...]:
        """Return the first orders with a standing, by id."""
        return tuple(sorted(self.listed[standing])[:MAX_NAMED])


def _upcoming(found: Iterable[tuple[datetime, str]], orders: OrderStates) -> tuple[UpcomingChange, ...]:
    return tuple(
        UpcomingChange(
            at=at.astimezone(order.expires_at.tzinfo),
            becomes=Standing(orders.states[order_id][-1]),
            order=order_id,
            version=order.version,
            territory=order.territory,
        )
        for at, order_id in found
        if (order := orders.loaded.policy.orders.get(order_id))
    )
