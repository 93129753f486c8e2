"""The index from meeting to orders, and where an order stands at an instant."""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING

from joinfence.engine.values import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from joinfence.engine.values import Join, Order


def standing(order: Order, at: datetime) -> Standing:
    """Return where the order stands at the aware instant `at`.

    Derived from the dates alone: in force from `effective_from` until before `expires_at`, as long as
    `at` is not past `review_by` and the order is not suspended. Nothing is scheduled, so a clock that
    jumps moves the standing only to what the dates say.
    """
    if at >= order.expires_at:
        return Standing.EXPIRED
    if order.suspended_since is not None and at >= order.suspended_since:
        return Standing.SUSPENDED
    if at < order.effective_from:
        return Standing.NOT_YET_EFFECTIVE
    if at > order.review_by:
        return Standing.REVIEW_MISSED
    return Standing.IN_FORCE


class OrderIndex:
    """All orders, found by meeting in one step however many there are."""

    __slots__ = ("_by_meeting", "_orders")

    def __init__(self, orders: Iterable[Order]) -> None:
        """Take orders in any order; several may name one meeting."""
        self._orders = sorted(orders, key=attrgetter("effective_from", "id"))
        by_meeting: defaultdict[Join, list[Order]] = defaultdict(list)
        for order in self._orders:
            for meeting in order.meetings:
                by_meeting[meeting].append(order)
        self._by_meeting = {meeting: tuple(named_by) for meeting, named_by in by_meeting.items()}

    def for_meeting(self, join: Join) -> tuple[Order, ...]:
        """Return the orders that name the meeting, earliest effective first."""
        return self._by_meeting.get(join, ())

    def __iter__(self) -> Iterator[Order]:
        """Yield every order once, earliest effective first."""
        return iter(self._orders)

    def __len__(self) -> int:
        """Return the number of orders."""
        return len(self._orders)
