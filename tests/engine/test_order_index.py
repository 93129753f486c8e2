"""Finding the orders that name a meeting."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.order import Order
from joinfence.engine.order_index import OrderIndex, meeting_key
from joinfence.engine.values import Join
from tests.factories import ORDER, make_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECOND = timedelta(seconds=1)


def test_orders_are_found_by_meeting_earliest_effective_first() -> None:
    later = make_order(id="DE-2026-0002", effective_from=ORDER.effective_from + SECOND)
    other = make_order(id="DE-2026-0003", meetings=(Join("zoom", "9"), Join("demo", "123")))
    index = OrderIndex([later, other, ORDER])
    assert index.for_meeting(Join("zoom", "123")) == (ORDER, later)
    assert index.for_meeting(Join("demo", "123")) == (other,)
    assert index.for_meeting(Join("demo", "9")) == ()
    assert (len(index), list(index)) == (3, [ORDER, other, later])


def test_a_changed_index_finds_added_orders_and_no_longer_finds_removed_ones() -> None:
    other = make_order(id="DE-2026-0002")
    index = OrderIndex([ORDER, other])
    key = meeting_key(Join("zoom", "123"))
    without = index.changed({ORDER.id: ORDER}, removed=[(other.id, [key, key])], added=())
    assert (without.get(ORDER.id), without.get(other.id)) == (ORDER, None)
    assert without.for_meeting(Join("zoom", "123")) == (ORDER,)
    empty = without.changed({}, removed=[(ORDER.id, [key])], added=())
    assert empty.for_meeting(Join("zoom", "123")) == ()
    again = empty.changed({other.id: other}, removed=(), added=[(other.id, [key])])
    assert again.for_meeting(Join("zoom", "123")) == (other,)
    assert index.for_meeting(Join("zoom", "123")) == (ORDER, other), "an index never changes"


def copies_made(action: Callable[[], object]) -> int:
    """Return how many tables the action copies."""
    copied = 0

    def count(_frame: object, event: str, function: object) -> None:
        nonlocal copied
        copied += event == "c_call" and getattr(function, "__name__", "") == "copy"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return copied


@pytest.mark.parametrize("number", [1, 500])
def test_adding_many_orders_of_one_meeting_copies_its_tables_once(number: int) -> None:
    index = OrderIndex(make_order(id=f"DE-2026-{n:04}") for n in range(2))
    added = {order.id: order for order in (make_order(id=f"FR-2026-{n:04}") for n in range(number))}
    keys = [meeting_key(join) for join in ORDER.meetings]
    change = partial(index.changed, added, removed=(), added=[(order_id, keys) for order_id in added])
    assert copies_made(change) == 2  # its shard, and in it the ids of the meeting


def test_unsorted_yields_the_first_order_before_it_loads_the_others() -> None:
    loaded: list[str] = []

    class LoadedOnAccess(Mapping[str, Order]):
        def __getitem__(self, order_id: str) -> Order:
            loaded.append(order_id)
            return make_order(id=order_id)

        def __iter__(self) -> Iterator[str]:
            return iter(["FR-2026-0001", "DE-2026-0001"])

        def __len__(self) -> int:
            return 2

    orders = OrderIndex(()).changed(LoadedOnAccess(), removed=(), added=())
    assert next(orders.unsorted()).id == "FR-2026-0001"
    assert loaded == ["FR-2026-0001"]
