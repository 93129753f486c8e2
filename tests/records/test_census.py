"""Counts of orders by standing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from joinfence.engine.order import Standing
from joinfence.loading.order_states import LONG_AGO, NEVER
from joinfence.records.census import SOON, Census, census_of
from tests.factories import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.loading.order_states import TrackedState

MOMENT = timedelta(seconds=1)


def state(stands: Standing, review_by: datetime) -> TrackedState:
    return stands.value, 1, review_by, LONG_AGO, NEVER, stands.value


def test_orders_by_standing_and_reviews_that_are_due() -> None:
    orders = [
        state(Standing.IN_FORCE, NOW + SOON - MOMENT),
        state(Standing.IN_FORCE, NOW + SOON),
        state(Standing.SUSPENDED, NOW),
        state(Standing.REVIEW_MISSED, NOW - MOMENT),
    ]
    counted = {Standing.IN_FORCE: 2, Standing.SUSPENDED: 1, Standing.REVIEW_MISSED: 1}
    assert census_of(orders, NOW) == Census(counted, 1)
    assert census_of((), NOW) == Census({}, 0)
