"""Which orders to look at again, and when: those that an edit changed, and those the clock moves on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.background.throttle import BEHIND, Throttle
from joinfence.engine.order import next_change

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.approvals import Approvals
    from joinfence.engine.order import Order, Standing
    from joinfence.loading.loader import Loaded

type OrderWithNextChange = tuple[Order, tuple[datetime, Standing] | None]
"""An order, and its next change by the clock."""

type _Mark = tuple[bytes, Approvals | None]


class Seen:
    """Remembers what each order was and when its standing changes next; an order itself it forgets.

    An order is read only to be looked at: what has not changed is told by its file's digest and approvals.
    """

    def __init__(self) -> None:
        """Start without orders."""
        self._marks: dict[str, _Mark] = {}
        self._due: dict[str, datetime] = {}
        self._rests_on: tuple[object, ...] = ()
        self._looked: datetime | None = None

    def again(self) -> None:
        """Forget what was seen: all is looked at again."""
        self._marks, self._due = {}, {}

    def changed(self, loaded: Loaded, now: datetime) -> Iterator[OrderWithNextChange]:
        """Yield the orders that are not as they were seen, at an aware instant."""
        if self._is_set_back(now) or loaded.orders_rest_on != self._rests_on:
            self.again()
        self._looked, self._rests_on = now, loaded.orders_rest_on
        pace = Throttle(BEHIND)
        for order_id, digest in loaded.order_digests.items():
            pace()
            mark = digest, loaded.approvals.get(order_id)
            if self._marks.get(order_id) == mark:
                continue
            if order := loaded.policy.orders.get(order_id):
                yield self._look(order, now)
                self._marks[order_id] = mark
        for gone in self._marks.keys() - loaded.order_digests.keys():
            del self._marks[gone]
            self._due.pop(gone, None)

    def due(self, loaded: Loaded, now: datetime) -> Iterator[OrderWithNextChange]:
        """Yield the orders whose standing has changed by the clock, all of them if it was set back."""
        if self._is_set_back(now):
            yield from self.changed(loaded, now)
            return
        self._looked = now
        for order_id in [each for each, at in self._due.items() if at < now]:
            if order_id in loaded.order_digests and (order := loaded.policy.orders.get(order_id)):
                yield self._look(order, now)

    def _is_set_back(self, now: datetime) -> bool:
        return self._looked is not None and now < self._looked

    def _look(self, order: Order, now: datetime) -> OrderWithNextChange:
        change = next_change(order, now)
        if change is None:
            self._due.pop(order.id, None)
        else:
            self._due[order.id] = change[0]
        return order, change
