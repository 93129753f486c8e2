"""An order that was held as a text is the order again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from joinfence.config.order_store import stored as module
from joinfence.config.order_store.stored import Stored, StoredOrders, order_of, stored
from joinfence.engine.approvals import Approvals
from joinfence.engine.order import Mode, Order
from tests.factories import AUTHORITY, ORDER, make_order

REGISTER = {AUTHORITY.id: AUTHORITY}


def held(order: Order) -> Stored:
    return stored(order, stamp=1, settled=True, document="", digest=b"digest")


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(ORDER, id="an order"),
        pytest.param(make_order(suspended_since=datetime(2026, 12, 1, tzinfo=UTC)), id="a suspended one"),
        pytest.param(make_order(mode=Mode.OBSERVE), id="one that only observes"),
    ],
)
def test_an_order_is_held_whole(order: Order) -> None:
    assert order_of(held(order), REGISTER) == order


def test_orders_are_made_when_they_are_asked_for_and_kept() -> None:
    orders = StoredOrders({ORDER.id: held(ORDER)}, REGISTER, {})
    assert (list(orders), len(orders)) == ([ORDER.id], 1)
    assert orders[ORDER.id] is orders[ORDER.id]
    assert orders.get("DE-2026-0002") is None


def test_no_more_than_so_many_orders_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_DECODED", 2)
    named = {f"DE-2026-000{n}": held(make_order(id=f"DE-2026-000{n}")) for n in range(5)}
    orders = StoredOrders(named, REGISTER, {})
    assert [order.id for order in orders.values()] == list(named)
    assert len(orders._made) == 1


def test_approvals_are_put_beside_the_order() -> None:
    approvals = Approvals(required=2, periods=())
    orders = StoredOrders({ORDER.id: held(ORDER)}, REGISTER, {ORDER.id: approvals})
    assert orders[ORDER.id] == make_order(approvals=approvals)
