"""Orders are encoded, and decoded on demand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from joinfence.config.order_store import stored as module
from joinfence.config.order_store.stored import StoredOrder, StoredOrders, decode_order, encode_order
from joinfence.engine.approvals import Approvals
from joinfence.engine.order import Mode, Order
from tests.factories import AUTHORITY, ORDER, make_order

REGISTER = {AUTHORITY.id: AUTHORITY}


def encode(order: Order) -> StoredOrder:
    return encode_order(order, stamp=1, settled=True, document="", digest=b"digest")


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(ORDER, id="an order"),
        pytest.param(make_order(suspended_since=datetime(2026, 12, 1, tzinfo=UTC)), id="a suspended one"),
        pytest.param(make_order(mode=Mode.OBSERVE), id="an observed one"),
    ],
)
def test_a_decoded_order_equals_the_encoded_one(order: Order) -> None:
    assert decode_order(encode(order), REGISTER) == order


def test_orders_are_decoded_on_demand_and_cached() -> None:
    orders = StoredOrders({ORDER.id: encode(ORDER)}, REGISTER, {})
    assert (list(orders), len(orders)) == ([ORDER.id], 1)
    assert orders[ORDER.id] is orders[ORDER.id]
    assert orders.get("DE-2026-0002") is None


def test_the_number_of_cached_orders_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_DECODED", 2)
    named = {f"DE-2026-000{n}": encode(make_order(id=f"DE-2026-000{n}")) for n in range(5)}
    orders = StoredOrders(named, REGISTER, {})
    assert [order.id for order in orders.values()] == list(named)
    assert len(orders._decoded) == 1


def test_an_order_is_decoded_with_its_approvals() -> None:
    approvals = Approvals(required=2, periods=())
    orders = StoredOrders({ORDER.id: encode(ORDER)}, REGISTER, {ORDER.id: approvals})
    assert orders[ORDER.id] == make_order(approvals=approvals)
