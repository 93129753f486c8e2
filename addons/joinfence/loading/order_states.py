"""Where all orders of a policy stand, in plain values: an order is read once for all who want to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import LOW_PRIORITY, Throttle
from joinfence.engine.order import last_bound, next_change, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.approvals import Approvals
    from joinfence.engine.order import Order
    from joinfence.loading.loader import Loaded

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)

type TrackedState = tuple[str, int, datetime, datetime, datetime, str]
"""Standing, version, when the review is due; after when and until when that holds, and what it becomes then.

In UTC, and of plain values only: the garbage collector passes those over, however many there are.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStates:
    """Id -> state of the orders of a policy, those that were seen first in front. Nothing changes it.

    A state that is the same object as in earlier ones was not read again. All of them hold after `after` and
    until `until`.
    """

    loaded: Loaded
    states: Mapping[str, TrackedState]
    after: datetime
    until: datetime


def state_of(order: Order, at: datetime) -> TrackedState:
    """Return the state of an order at an aware instant."""
    stands = standing(order, at).value
    until, becomes = next_change(order, at) or (NEVER, stands)
    after = last_bound(order, at) or LONG_AGO
    # Instants of one zone are compared in a tenth of the time of others.
    review_by, after, until = (each.astimezone(UTC) for each in (order.review_by, after, until))
    return stands, order.version, review_by, after, until, str(becomes)


def order_states(loaded: Loaded, now: datetime, before: OrderStates | None = None) -> OrderStates:
    """Return where the orders of a policy stand at an aware instant; `before` itself if nothing is different.

    Only those orders are read that an edit has changed since `before`, or the clock, wherever it goes.
    """
    if before and before.loaded is loaded and before.after < now <= before.until:
        return before
    unchanged = _unchanged(loaded, before)
    states: dict[str, TrackedState] = {}
    all_after, all_until = LONG_AGO, NEVER
    throttle = Throttle(LOW_PRIORITY)
    for order_id in chain(before.states if before else (), loaded.order_digests):
        throttle()
        if order_id in states or order_id not in loaded.order_digests:
            continue
        state = unchanged.get(order_id)
        if state is None or not state[3] < now <= state[4]:
            order = loaded.policy.orders.get(order_id)
            if order is None:
                continue
            state = state_of(order, now)
        _stands, _version, _review_by, after, until, _becomes = states[order_id] = state
        all_after, all_until = max(after, all_after), min(until, all_until)
    return OrderStates(loaded=loaded, states=states, after=all_after, until=all_until)


def _unchanged(loaded: Loaded, before: OrderStates | None) -> Mapping[str, TrackedState]:
    """Return the states before of the orders whose files and approvals have not changed since.

    What an order is, is told by its file's digest and its approvals: it is not read to find out.
    """
    if before is None or before.loaded.orders_rest_on != loaded.orders_rest_on:
        return {}
    if before.loaded is loaded:
        return before.states
    unchanged: dict[str, TrackedState] = {}
    throttle = Throttle(LOW_PRIORITY)
    for order_id, state in before.states.items():
        throttle()
        if _mark(loaded, order_id) == _mark(before.loaded, order_id):
            unchanged[order_id] = state
    return unchanged


def _mark(loaded: Loaded, order_id: str) -> tuple[bytes | None, Approvals | None]:
    return loaded.order_digests.get(order_id), loaded.approvals.get(order_id)
