"""Where an order stands at an instant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.approvals import Approvals
from joinfence.engine.decide import decide
from joinfence.engine.decision import Verdict
from joinfence.engine.order import Authority, Order, Standing, last_bound, next_change, standing
from tests.factories import ORDER, make_order, make_policy, make_request

if TYPE_CHECKING:
    from datetime import datetime

SECOND = timedelta(seconds=1)
MIDDLE = ORDER.effective_from + timedelta(days=10)
TO_THE_END = make_order(review_by=ORDER.expires_at)


@pytest.mark.parametrize(
    ("order", "at", "expected"),
    [
        pytest.param(
            ORDER, ORDER.effective_from - SECOND, Standing.NOT_YET_EFFECTIVE, id="before it takes effect"
        ),
        pytest.param(ORDER, ORDER.effective_from, Standing.IN_FORCE, id="when it takes effect"),
        pytest.param(ORDER, ORDER.effective_from + SECOND, Standing.IN_FORCE, id="after it took effect"),
        pytest.param(ORDER, ORDER.review_by - SECOND, Standing.IN_FORCE, id="before its review is due"),
        pytest.param(ORDER, ORDER.review_by, Standing.IN_FORCE, id="when its review is due"),
        pytest.param(ORDER, ORDER.review_by + SECOND, Standing.REVIEW_MISSED, id="once its review is missed"),
        pytest.param(TO_THE_END, TO_THE_END.expires_at - SECOND, Standing.IN_FORCE, id="before it expires"),
        pytest.param(TO_THE_END, TO_THE_END.expires_at, Standing.EXPIRED, id="when it expires"),
        pytest.param(TO_THE_END, TO_THE_END.expires_at + SECOND, Standing.EXPIRED, id="after it expired"),
        pytest.param(
            ORDER, ORDER.expires_at, Standing.EXPIRED, id="expired takes precedence over a missed review"
        ),
        pytest.param(
            make_order(suspended_since=MIDDLE), MIDDLE - SECOND, Standing.IN_FORCE, id="before suspension"
        ),
        pytest.param(
            make_order(suspended_since=MIDDLE), MIDDLE, Standing.SUSPENDED, id="when it is suspended"
        ),
        pytest.param(
            make_order(suspended_since=MIDDLE), MIDDLE + SECOND, Standing.SUSPENDED, id="after suspension"
        ),
        pytest.param(make_order(published=False), MIDDLE, Standing.UNPUBLISHED, id="unpublished"),
        pytest.param(
            make_order(published=False),
            ORDER.effective_from - SECOND,
            Standing.UNPUBLISHED,
            id="unpublished, before it takes effect",
        ),
        pytest.param(
            make_order(published=False),
            ORDER.expires_at,
            Standing.EXPIRED,
            id="expired takes precedence over unpublished",
        ),
        pytest.param(
            make_order(published=False, suspended_since=MIDDLE),
            MIDDLE,
            Standing.SUSPENDED,
            id="suspended takes precedence over unpublished",
        ),
    ],
)
def test_standing_follows_from_the_dates_and_only_an_order_in_force_refuses(
    order: Order, at: datetime, expected: Standing
) -> None:
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
    """State the rule again, one condition at a time."""
    ((first, last),) = order.approvals.periods
    suspended = order.suspended_since is not None and order.suspended_since <= at
    approved = (first is None or first <= at) and (last is None or at < last)
    return (
        order.effective_from <= at < order.expires_at and at <= order.review_by and not suspended and approved
    )


@given(orders, st.lists(instants, max_size=8))
def test_after_a_clock_change_the_standing_is_what_the_dates_say(order: Order, jumps: list[datetime]) -> None:
    policy = make_policy(order)
    for at in jumps:
        in_force = in_force_by_its_dates(order, at)
        assert (standing(order, at) is Standing.IN_FORCE) is in_force
        assert (decide(make_request(at=at), policy).verdict is Verdict.REFUSE) is in_force


@given(orders, instants)
def test_the_standing_does_not_change_before_next_change(order: Order, at: datetime) -> None:
    change = next_change(order, at)
    until = change[0] if change else at + 30 * DAY
    between = [each for each in (at + n * DAY / 2 for n in range(30)) if each < until]
    assert {standing(order, each) for each in between} <= {standing(order, at)}
    if change:
        assert standing(order, change[0] + timedelta(microseconds=1)) is change[1]


def test_the_country_of_an_authority_is_that_of_its_first_territory() -> None:
    court = Authority(id="x", name={}, kind="court", competence=("DE-BY", "DE-BW"), official_url="")
    assert court.country == "DE"


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
