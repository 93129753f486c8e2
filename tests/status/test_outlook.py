from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.orders import standing
from joinfence.engine.values import Order, Standing
from joinfence.status.outlook import MOST, next_change, outlook
from tests.factories import NOW, ORDER, make_order

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("order", "what"),
    [
        (ORDER, "review_due"),
        (make_order(review_by=ORDER.expires_at), "expiry"),
        (make_order(effective_from=NOW + DAY), "effective"),
        (make_order(suspended_since=NOW + DAY), "suspension"),
        (make_order(effective_from=NOW + DAY, suspended_since=NOW + 2 * DAY), "effective"),
        (make_order(suspended_since=NOW), "expiry"),
        (make_order(expires_at=NOW), None),
        (make_order(review_by=NOW - DAY), "expiry"),
    ],
)
def test_what_happens_to_an_order_next(order: Order, what: str | None) -> None:
    change = next_change(order, standing(order, NOW))
    assert (change.what if change else None) == what


INSTANTS = st.integers(min_value=-5, max_value=5).map(lambda days: NOW + days * DAY)


@given(
    st.builds(
        make_order,
        effective_from=INSTANTS,
        review_by=INSTANTS,
        expires_at=INSTANTS,
        suspended_since=st.none() | INSTANTS,
    )
)
def test_nothing_changes_before_the_next_change(order: Order) -> None:
    now = standing(order, NOW)
    change = next_change(order, now)
    hours = [NOW + timedelta(hours=hour) for hour in range(6 * 24)]
    before = [hour for hour in hours if change is None or hour < change.at]
    assert {standing(order, hour) for hour in before} <= {now}


def test_the_nearest_change_comes_first_and_not_all_are_named() -> None:
    orders = [
        make_order(id=f"DE-2026-{number:04}", review_by=NOW + number * DAY) for number in range(30, 0, -1)
    ]
    missed = [make_order(id=f"FR-2026-{number:04}", review_by=NOW - DAY) for number in range(30)]
    found = outlook([*orders, *missed], NOW)
    assert [change.order for change in found.changes] == [
        f"DE-2026-{number:04}" for number in range(1, MOST + 1)
    ]
    assert found.missed == tuple(f"FR-2026-{number:04}" for number in range(MOST))
    assert found.standings == {**{each.value: 0 for each in Standing}, "in_force": 30, "review_missed": 30}
