"""The standings of all orders of a policy, computed once for everybody who needs them.

There may be 100,000 orders, and reading all of them takes seconds. So a state is computed again only if an
edit or the clock may have changed it. The digest of the order's file and its approvals show whether an edit
has, and the instants in the state show whether the clock has.
"""

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
"""Standing, version, `review_by`, the instants after and until which it holds, the standing after that.

Instants are in UTC. There are plain values only, which the garbage collector need not traverse.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStates:
    """Id -> state of the orders of a policy, in the order first seen; immutable.

    A state that has not changed is the same object as in the states before. All states hold for instants
    after `after`, up to and including `until`.
    """

    loaded: Loaded
    states: Mapping[str, TrackedState]
    after: datetime
    until: datetime


def state_of(order: Order, at: datetime) -> TrackedState:
    """Return the state of an order at an aware instant."""
    current = standing(order, at).value
    until, becomes = next_change(order, at) or (NEVER, current)
    after = last_bound(order, at) or LONG_AGO
    # Comparing instants in the same time zone is ten times as fast.
    review_by, after, until = (each.astimezone(UTC) for each in (order.review_by, after, until))
    return current, order.version, review_by, after, until, str(becomes)


def order_states(loaded: Loaded, now: datetime, before: OrderStates | None = None) -> OrderStates:
    """Return the states of a policy's orders at an aware instant; `before` itself if nothing has changed.

    Only orders that an edit or the clock may have changed since `before` are read. The clock may also have
    been set back.
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
        _current, _version, _review_by, after, until, _becomes = states[order_id] = state
        all_after, all_until = max(after, all_after), min(until, all_until)
    return OrderStates(loaded=loaded, states=states, after=all_after, until=all_until)


def _unchanged(loaded: Loaded, before: OrderStates | None) -> Mapping[str, TrackedState]:
    """Return the states in `before` of the orders that have not been edited since, without reading them."""
    if before is None or before.loaded.order_dependencies != loaded.order_dependencies:
        return {}
    if before.loaded is loaded:
        return before.states
    unchanged: dict[str, TrackedState] = {}
    throttle = Throttle(LOW_PRIORITY)
    for order_id, state in before.states.items():
        throttle()
        if _content(loaded, order_id) == _content(before.loaded, order_id):
            unchanged[order_id] = state
    return unchanged


def _content(loaded: Loaded, order_id: str) -> tuple[bytes | None, Approvals | None]:
    return loaded.order_digests.get(order_id), loaded.approvals.get(order_id)
