"""Counting where orders stand."""

from __future__ import annotations

from datetime import timedelta

from joinfence.engine.order import Standing
from joinfence.records.census import SOON, Census, census_of
from tests.factories import NOW


def test_orders_by_standing_and_reviews_that_are_due() -> None:
    moment = timedelta(seconds=1)
    orders = [
        (Standing.IN_FORCE, NOW + SOON - moment),
        (Standing.IN_FORCE, NOW + SOON),
        (Standing.SUSPENDED, NOW),
        (Standing.REVIEW_MISSED, NOW - moment),
    ]
    counted = {Standing.IN_FORCE: 2, Standing.SUSPENDED: 1, Standing.REVIEW_MISSED: 1}
    assert census_of(orders, NOW) == Census(counted, 1)
    assert census_of((), NOW) == Census({}, 0)
