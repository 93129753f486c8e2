from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from joinfence.cli.order_words import COLOUR, next_event, standing_words, state
from joinfence.engine.approvals import Approvals
from joinfence.engine.order import Mode, Standing
from tests.factories import NOW, ORDER, make_order


def test_every_standing_has_its_colour() -> None:
    assert set(COLOUR) == set(Standing)
    assert standing_words(ORDER, NOW) == "in force"
    assert standing_words(make_order(mode=Mode.OBSERVE), NOW) == "in force, observes"


LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("order", "at", "event", "when"),
    [
        (ORDER, NOW, "review due", ORDER.review_by),
        (ORDER, ORDER.effective_from - timedelta(days=1), "takes effect", ORDER.effective_from),
        (ORDER, ORDER.review_by + timedelta(days=1), "expires", ORDER.expires_at),
        (make_order(review_by=ORDER.expires_at), NOW, "expires", ORDER.expires_at),
        (make_order(suspended_since=LATER), NOW, "is suspended", LATER),
        (make_order(approvals=Approvals(periods=((None, LATER),))), NOW, "approval lapses", LATER),
        (make_order(approvals=Approvals(periods=((LATER, None),))), NOW, "takes effect", LATER),
        (
            make_order(approvals=Approvals(periods=((datetime(2026, 11, 8, tzinfo=UTC), None),))),
            datetime(2026, 11, 7, tzinfo=UTC),
            "is approved",
            datetime(2026, 11, 8, tzinfo=UTC),
        ),
    ],
)
def test_the_next_change_and_when_it_happens(order: object, at: datetime, event: str, when: datetime) -> None:
    assert next_event(order, at) == (event, when, when - at)  # type: ignore[arg-type]


def test_an_ended_order_has_no_next_change() -> None:
    assert next_event(ORDER, ORDER.expires_at) is None
    ended = state(ORDER, ORDER.expires_at + timedelta(days=1))
    assert (ended["standing"], ended["seconds_left"], ended["next_event"]) == ("expired", 0, None)


def test_the_standing_as_data() -> None:
    found = state(replace(ORDER), NOW)
    assert found["next_event"] == {
        "at": "2026-12-10T00:00:00+00:00",
        "standing": "review_missed",
        "seconds_left": 15 * 86400 + 43200,
    }
    assert found["seconds_left"] == 46 * 86400 + 43200
