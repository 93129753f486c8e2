"""Which orders to look at again, and when: those that an edit changed, and those the clock moves on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.config.pace import Pace
from joinfence.engine.orders import next_change
from joinfence.records.census import census_of
from joinfence.records.view import state_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.assembly import Loaded
    from joinfence.engine.values import Approvals, Order, Standing
    from joinfence.records.census import Census
    from joinfence.records.changes import OrderState

type _Seen = tuple[bytes, Approvals, bool]


class Watch:
    """Remembers of each order what it was and when its standing changes next; an order itself it forgets."""

    def __init__(self) -> None:
        """Start without orders."""
        self._seen: dict[str, _Seen] = {}
        self._due: dict[str, datetime] = {}
        self._stand: dict[str, tuple[Standing, datetime]] = {}
        self._looked: datetime | None = None

    def again(self) -> None:
        """Forget what was seen: all is looked at again."""
        self._seen, self._due = {}, {}

    def changed(self, loaded: Loaded, now: datetime) -> Iterator[OrderState]:
        """Yield the orders that are not as they were seen, at an aware instant."""
        if self._looked and now < self._looked:
            self.again()  # the clock was set back, and orders with it
        self._looked = now
        pace = Pace()
        for order_id, digest in loaded.order_digests.items():
            pace()
            order = loaded.policy.orders.get(order_id)
            if order is None:
                continue
            seen = digest, order.approvals, order.published
            if self._seen.get(order_id) != seen:
                yield self._look(order, digest, now)
                self._seen[order_id] = seen
        for gone in self._stand.keys() - loaded.order_digests.keys():
            for held in (self._seen, self._due, self._stand):
                held.pop(gone, None)

    def due(self, loaded: Loaded, now: datetime) -> Iterator[OrderState]:
        """Yield the orders whose standing has changed by the clock."""
        if self._looked and now < self._looked:
            yield from self.changed(loaded, now)
            return
        self._looked = now
        for order_id in [each for each, at in self._due.items() if at < now]:
            order, digest = loaded.policy.orders.get(order_id), loaded.order_digests.get(order_id)
            if order is not None and digest is not None:
                yield self._look(order, digest, now)

    def _look(self, order: Order, digest: bytes, now: datetime) -> OrderState:
        state = state_of(order, digest, now)
        self._stand[order.id] = state.standing, order.review_by
        change = next_change(order, now)
        if change is None:
            self._due.pop(order.id, None)
        else:
            self._due[order.id] = change[0]
        return state

    def census(self, now: datetime) -> Census:
        """Return how many orders stand where, as far as they were looked at."""
        return census_of(self._stand.values(), now)
