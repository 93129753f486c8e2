"""What the event log hears of orders: the state of each that was changed, by an edit or by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.engine.order import Standing
from joinfence.loading.changes import Seen
from joinfence.records.census import census_of
from joinfence.records.snapshot import state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from joinfence.loading.changes import OrderWithNextChange
    from joinfence.loading.loader import Loaded
    from joinfence.records.census import Census
    from joinfence.records.diff import OrderState


class Watch:
    """Remembers where each order stands."""

    def __init__(self) -> None:
        """Start without orders."""
        self._seen = Seen()
        # Of plain values only: the garbage collector passes those over, however many there are.
        self._stand: dict[str, tuple[str, datetime]] = {}

    def again(self) -> None:
        """Forget what was seen: all is looked at again."""
        self._seen.again()

    def changed(self, loaded: Loaded, now: datetime) -> Iterator[OrderState]:
        """Yield the orders that are not as they were seen, at an aware instant."""
        yield from self._states(self._seen.changed(loaded, now), loaded, now)
        for gone in self._stand.keys() - loaded.order_digests.keys():
            del self._stand[gone]

    def due(self, loaded: Loaded, now: datetime) -> Iterator[OrderState]:
        """Yield the orders whose standing has changed by the clock."""
        yield from self._states(self._seen.due(loaded, now), loaded, now)

    def _states(
        self, seen_orders: Iterable[OrderWithNextChange], loaded: Loaded, now: datetime
    ) -> Iterator[OrderState]:
        for order, _change in seen_orders:
            state = state_of(order, loaded.order_digests[order.id], now)
            self._stand[order.id] = state.standing.value, order.review_by
            yield state

    def census(self, now: datetime) -> Census:
        """Return how many orders stand where, as far as they were looked at."""
        return census_of(((Standing(stands), due) for stands, due in self._stand.values()), now)
