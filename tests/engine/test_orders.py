"""Where an order stands at an instant, and finding it by its meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.orders import OrderIndex, standing
from joinfence.engine.values import Join, Standing
from tests.factories import ORDER, make_order

if TYPE_CHECKING:
    from datetime import datetime

SECOND = timedelta(seconds=1)
MIDDLE = ORDER.effective_from + timedelta(days=10)
TO_THE_END = make_order(review_by=ORDER.expires_at)


@pytest.mark.parametrize(
    ("order", "at", "expected"),
    [
        pytest.param(ORDER, ORDER.effective_from - SECOND, Standing.NOT_YET_EFFECTIVE, id="before it begins"),
        pytest.param(ORDER, ORDER.effective_from, Standing.IN_FORCE, id="as it begins"),
        pytest.param(ORDER, ORDER.effective_from + SECOND, Standing.IN_FORCE, id="after it began"),
        pytest.param(ORDER, ORDER.review_by - SECOND, Standing.IN_FORCE, id="before its review is due"),
        pytest.param(ORDER, ORDER.review_by, Standing.IN_FORCE, id="when its review is due"),
        pytest.param(ORDER, ORDER.review_by + SECOND, Standing.REVIEW_MISSED, id="once its review is missed"),
        pytest.param(TO_THE_END, TO_THE_END.expires_at - SECOND, Standing.IN_FORCE, id="before it ends"),
        pytest.param(TO_THE_END, TO_THE_END.expires_at, Standing.EXPIRED, id="as it ends"),
        pytest.param(TO_THE_END, TO_THE_END.expires_at + SECOND, Standing.EXPIRED, id="after it ended"),
        pytest.param(
            ORDER, ORDER.expires_at, Standing.EXPIRED, id="an ended order has ended, reviewed or not"
        ),
        pytest.param(
            make_order(suspended_since=MIDDLE), MIDDLE - SECOND, Standing.IN_FORCE, id="before suspension"
        ),
        pytest.param(make_order(suspended_since=MIDDLE), MIDDLE, Standing.SUSPENDED, id="as it is suspended"),
        pytest.param(make_order(suspended_since=MIDDLE), MIDDLE + SECOND, Standing.SUSPENDED, id="suspended"),
    ],
)
def test_an_order_stands_where_its_dates_say(order: object, at: datetime, expected: Standing) -> None:
    assert standing(order, at) is expected  # type: ignore[arg-type]


def test_a_clock_that_jumps_only_moves_the_standing_to_what_the_dates_say() -> None:
    instants = [ORDER.effective_from, ORDER.expires_at, ORDER.effective_from - SECOND, ORDER.effective_from]
    assert [standing(ORDER, at) for at in instants] == [
        Standing.IN_FORCE,
        Standing.EXPIRED,
        Standing.NOT_YET_EFFECTIVE,
        Standing.IN_FORCE,
    ]


def test_orders_are_found_by_meeting_earliest_effective_first() -> None:
    later = make_order(id="DE-2026-0002", effective_from=ORDER.effective_from + SECOND)
    other = make_order(id="DE-2026-0003", meetings=(Join("zoom", "9"), Join("demo", "123")))
    index = OrderIndex([later, other, ORDER])
    assert index.for_meeting(Join("zoom", "123")) == (ORDER, later)
    assert index.for_meeting(Join("demo", "123")) == (other,)
    assert index.for_meeting(Join("demo", "9")) == ()
    assert (len(index), list(index)) == (3, [ORDER, other, later])


def test_many_orders_of_one_meeting_are_indexed_in_one_pass() -> None:
    appended = 0

    class Meeting(Join):
        __slots__ = ()

        def __hash__(self) -> int:
            nonlocal appended
            appended += 1
            return super().__hash__()

    OrderIndex(make_order(id=f"DE-2026-{n:04}", meetings=(Meeting("zoom", "1"),)) for n in range(500))
    assert appended <= 3 * 500
