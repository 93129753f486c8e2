"""The orders whose events may be missing from the log: those that an edit or the clock has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.background.throttle import LOW_PRIORITY, Throttle
from joinfence.engine.approvals import counted_signatures
from joinfence.engine.order import Standing
from joinfence.records.diff import OrderState
from joinfence.records.log.events import Signatory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates, TrackedState


def changed_orders(orders: OrderStates, before: OrderStates | None, at: datetime) -> Iterator[OrderState]:
    """Yield the orders that have changed since `before`, at an aware instant.

    After a load they are in the order of their files, otherwise in the order in which they were first seen.
    """
    if orders is before:
        return
    previous = before.states if before else {}
    by_clock = before is not None and before.loaded is orders.loaded
    throttle = Throttle(LOW_PRIORITY)
    for order_id in orders.states if by_clock else orders.loaded.order_digests:
        throttle()
        state = orders.states.get(order_id)
        if state is not None and state is not previous.get(order_id):
            yield order_state(orders.loaded, order_id, state, at)


def order_state(loaded: Loaded, order_id: str, state: TrackedState, at: datetime) -> OrderState:
    """Return an order as events describe it, with the signatures that count at an aware instant."""
    current, version, *_ = state
    approvals = loaded.approvals.get(order_id)
    signatures = counted_signatures(approvals.signatures, at) if approvals else ()
    return OrderState(
        id=order_id,
        version=version,
        sha256=loaded.order_digests[order_id].hex(),
        standing=Standing(current),
        signers=tuple(sorted(Signatory(each.role, each.key) for each in signatures)),
    )
