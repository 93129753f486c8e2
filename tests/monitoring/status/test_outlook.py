from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.approvals import approvals_of
from joinfence.engine.order import Standing
from joinfence.engine.order_index import OrderIndex
from joinfence.loading.loader import Loader
from joinfence.loading.order_states import LONG_AGO, NEVER, OrderStates, order_states, state_of
from joinfence.monitoring.status.outlook import MAX_NAMED, Outlook
from joinfence.monitoring.status.outlook import outlook as outlook_of
from tests.config_files import SHIPPED, edit
from tests.e2e.harness import make_config
from tests.factories import NOW, ORDER, make_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from joinfence.engine.order import Order

DAY = timedelta(days=1)
LOADED = Loader(SHIPPED / "geofence.yaml").load(NOW)


def outlook(orders: Iterable[Order], now: datetime) -> Outlook:
    index = OrderIndex(orders)
    loaded = replace(LOADED, policy=replace(LOADED.policy, orders=index))
    states = {order.id: state_of(order, now) for order in index.unsorted()}
    return outlook_of(OrderStates(loaded=loaded, states=states, after=LONG_AGO, until=NEVER))


@pytest.mark.parametrize(
    ("order", "at", "becomes"),
    [
        (ORDER, ORDER.review_by, "review_missed"),
        (make_order(effective_from=NOW + DAY), NOW + DAY, "in_force"),
        (make_order(suspended_since=NOW + DAY), NOW + DAY, "suspended"),
        (make_order(suspended_since=NOW), ORDER.expires_at, "expired"),
    ],
)
def test_the_next_change_of_an_order(order: Order, at: datetime, becomes: str) -> None:
    (change,) = outlook([order], NOW).changes
    assert (change.at, change.becomes, change.order, change.territory) == (at, becomes, order.id, ("DE",))


def test_an_expired_order_has_no_next_change() -> None:
    assert outlook([make_order(expires_at=NOW)], NOW).changes == ()


def test_unapproved_orders_are_listed() -> None:
    found = outlook([make_order(approvals=approvals_of(2, ()))], NOW)
    assert (found.unapproved, found.standings["unapproved"]) == (("DE-2026-0001",), 1)


def test_unpublished_orders_are_listed() -> None:
    found = outlook([make_order(published=False)], NOW)
    assert (found.unpublished, found.standings["unpublished"]) == (("DE-2026-0001",), 1)


def test_the_nearest_changes_come_first_and_lists_are_limited() -> None:
    orders = [
        make_order(id=f"DE-2026-{number:04}", review_by=NOW + number * DAY) for number in range(30, 0, -1)
    ]
    missed = [make_order(id=f"FR-2026-{number:04}", review_by=NOW - DAY) for number in range(30)]
    found = outlook([*orders, *missed], NOW)
    assert [change.order for change in found.changes] == [
        f"DE-2026-{number:04}" for number in range(1, MAX_NAMED + 1)
    ]
    assert found.missed == tuple(f"FR-2026-{number:04}" for number in range(MAX_NAMED))
    assert found.standings == {**{each.value: 0 for each in Standing}, "in_force": 30, "review_missed": 30}


def test_reviews_are_listed_however_many_other_changes_come_before() -> None:
    others = [make_order(id=f"DE-2026-{number:04}", expires_at=NOW + DAY) for number in range(30)]
    reviews = [
        make_order(id=f"FR-2026-{number:04}", review_by=NOW + number * DAY) for number in range(30, 1, -1)
    ]
    found = outlook([*others, *reviews], NOW)
    assert {change.becomes for change in found.changes} == {Standing.EXPIRED}
    assert [change.order for change in found.reviews] == [
        f"FR-2026-{number:04}" for number in range(2, MAX_NAMED + 2)
    ]
    assert {change.becomes for change in found.reviews} == {Standing.REVIEW_MISSED}


def test_the_outlook_follows_edits_deletions_and_the_clock(tmp_path: Path) -> None:
    main, now = make_config(tmp_path), datetime.now(UTC)
    loader = Loader(main)
    loaded = loader.load(now)
    states = order_states(loaded, now)
    first = outlook_of(states)
    assert (first.standings["in_force"], len(first.changes)) == (3, 3)
    later = first.changes[0].at + DAY
    states = order_states(loaded, later, states)
    after = outlook_of(states)
    assert after == outlook(loaded.policy.orders, later)
    assert after.standings["review_missed"] == 1
    states = order_states(loaded, now, states)
    assert outlook_of(states) == first
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    (main.parent / "orders" / "PT-2026-0002.yaml").unlink()
    edited = outlook_of(order_states(loader.load(now), now, states))
    assert edited == outlook(loader.load(now).policy.orders, now)
    assert edited.standings["in_force"] == 2
