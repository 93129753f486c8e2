from __future__ import annotations

from joinfence.engine.order import Standing
from joinfence.monitoring.status.words import facts
from tests.factories import NOW
from tests.monitoring.status.samples import DAY, snapshot, source


def test_every_standing_that_an_order_has_is_counted() -> None:
    values = {
        name: value
        for name, value, _good in facts(snapshot(orders={each.value: 2 for each in Standing}), NOW)
    }
    assert (
        values["Orders"]
        == "2 in force, 2 not yet effective, 2 not approved, 2 not published, 2 review missed, 2 suspended, 2 expired"
    )
    values = {name: value for name, value, _good in facts(snapshot(orders={}), NOW)}
    assert values["Orders"] == "0 in force"


def test_facts_that_are_not_as_they_should_be_are_marked() -> None:
    bad = snapshot(
        heartbeat=NOW - DAY, problems=["x"], missed_reviews=["DE-2026-0001"], sources=[source(stale=True)]
    )
    assert [good for _name, _value, good in facts(bad, NOW)] == [False, True, False, False, False]
    assert all(good for _name, _value, good in facts(snapshot(), NOW))


def test_a_stopped_fence_and_a_silent_one_have_different_words() -> None:
    silent, stopped = (
        next(value for _name, value, _good in facts(snapshot(heartbeat=NOW - DAY, stopped=at), NOW))
        for at in (None, NOW - DAY)
    )
    assert silent == "no heartbeat for 24 hours", "it may be running, and be unable to write"
    assert stopped == "not running for 24 hours"
