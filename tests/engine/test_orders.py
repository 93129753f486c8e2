"""Where an order stands at an instant, and finding it by its meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.decide import decide
from joinfence.engine.decision import Verdict
from joinfence.engine.orders import OrderIndex, last_bound, next_change, standing
from joinfence.engine.values import Approvals, Join, Order, Standing
from tests.factories import ORDER, make_order, make_policy, make_request

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        pytest.param(make_order(published=False), MIDDLE, Standing.UNPUBLISHED, id="without its public page"),
        pytest.param(
            make_order(published=False),
            ORDER.effective_from - SECOND,
            Standing.UNPUBLISHED,
            id="nor to come into force",
        ),
        pytest.param(
            make_order(published=False), ORDER.expires_at, Standing.EXPIRED, id="ended without a page"
        ),
        pytest.param(
            make_order(published=False, suspended_since=MIDDLE),
            MIDDLE,
            Standing.SUSPENDED,
            id="suspended without one",
        ),
    ],
)
def test_an_order_stands_where_its_dates_say(order: Order, at: datetime, expected: Standing) -> None:
    assert standing(order, at) is expected
    refused = decide(make_request(at=at), make_policy(order)).verdict is Verdict.REFUSE
    assert refused is (expected is Standing.IN_FORCE)


DAY = timedelta(days=1)
moments = st.integers(-3, 3).map(lambda days: MIDDLE + days * DAY)
bounds = st.none() | moments
orders = st.builds(
    lambda begins, review, ends, suspended, first, last: make_order(
        effective_from=begins,
        review_by=review,
        expires_at=ends,
        suspended_since=suspended,
        approvals=Approvals(required=2, periods=((first, last),)),
    ),
    *(moments, moments, moments, bounds, bounds, bounds),
)
instants = st.builds(lambda at, seconds: at + seconds * SECOND, moments, st.integers(-1, 1))


def in_force_by_its_dates(order: Order, at: datetime) -> bool:
    """Tell it in the words of the rule, each condition on its own."""
    ((first, last),) = order.approvals.periods
    suspended = order.suspended_since is not None and order.suspended_since <= at
    approved = (first is None or first <= at) and (last is None or at < last)
    return (
        order.effective_from <= at < order.expires_at and at <= order.review_by and not suspended and approved
    )


@given(orders, st.lists(instants, max_size=8))
def test_a_clock_that_jumps_only_moves_the_standing_to_what_the_dates_say(
    order: Order, jumps: list[datetime]
) -> None:
    policy = make_policy(order)
    for at in jumps:
        in_force = in_force_by_its_dates(order, at)
        assert (standing(order, at) is Standing.IN_FORCE) is in_force
        assert (decide(make_request(at=at), policy).verdict is Verdict.REFUSE) is in_force


@given(orders, instants)
def test_until_the_next_change_the_standing_stays(order: Order, at: datetime) -> None:
    change = next_change(order, at)
    until = change[0] if change else at + 30 * DAY
    between = [each for each in (at + n * DAY / 2 for n in range(30)) if each < until]
    assert {standing(order, each) for each in between} <= {standing(order, at)}
    if change:
        assert standing(order, change[0] + timedelta(microseconds=1)) is change[1]


@given(orders, instants)
def test_since_the_last_bound_the_standing_has_stayed(order: Order, at: datetime) -> None:
    since = last_bound(order, at)
    assert since is None or since <= at
    before = [at - n * DAY / 2 for n in range(30)]
    assert {standing(order, each) for each in before if since is None or each > since} <= {
        standing(order, at)
    }


def test_the_last_bound_is_the_latest_of_those_that_came() -> None:
    assert last_bound(ORDER, ORDER.effective_from - SECOND) is None
    assert last_bound(ORDER, ORDER.effective_from) == ORDER.effective_from
    assert last_bound(ORDER, ORDER.review_by - SECOND) == ORDER.effective_from
    assert last_bound(ORDER, ORDER.expires_at + DAY) == ORDER.expires_at
    approved = make_order(approvals=Approvals(periods=((None, MIDDLE),)))
    assert last_bound(approved, MIDDLE + SECOND) == MIDDLE


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


def test_the_first_orders_are_there_before_the_others_are_read() -> None:
    read: list[str] = []

    class Held(Mapping[str, Order]):
        def __getitem__(self, order_id: str) -> Order:
            read.append(order_id)
            return make_order(id=order_id)

        def __iter__(self) -> Iterator[str]:
            return iter(["FR-2026-0001", "DE-2026-0001"])

        def __len__(self) -> int:
            return 2

    orders = OrderIndex(()).changed(Held(), removed=(), added=())
    assert next(orders.in_no_order()).id == "FR-2026-0001"
    assert read == ["FR-2026-0001"]
