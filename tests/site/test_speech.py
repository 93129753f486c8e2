"""Every state, change and notice has a text, with the right instant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.site import speech as module
from joinfence.site.changes import Change, ChangeKind
from joinfence.site.life import Pause, State
from joinfence.site.speech import Speech
from tests.factories import make_order
from tests.site.samples import AT, DAY, OPERATOR, make_version
from tests.site.test_changes import REJECTED

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.order import Order

ENGLISH = Speech("en", OPERATOR)
VERSION = make_version(Path("order.yaml"))


def test_every_state_change_and_notice_has_a_text() -> None:
    assert set(module._STATES) == set(State)
    assert set(module._KINDS) == set(ChangeKind)
    assert set(module._HOST) == {"sent", "not_possible", "deferred"}


@pytest.mark.parametrize(
    ("life", "at", "expected"),
    [
        pytest.param({}, AT, "In force until 8 February 2027, 00:00 (GMT+01:00).", id="in force"),
        pytest.param(
            {},
            AT - 30 * DAY,
            "Not yet in force. It begins on 10 November 2026, 00:00 (GMT+01:00).",
            id="upcoming",
        ),
        pytest.param(
            {},
            AT + 60 * DAY,
            "Not in force: its review was due by 10 January 2027, 00:00 (GMT+01:00).",
            id="review",
        ),
        pytest.param({}, AT + 99 * DAY, "Ended on 8 February 2027, 00:00 (GMT+01:00).", id="ended"),
        pytest.param(
            {"pauses": [Pause(kind="suspended", since=AT)]},
            AT,
            "Suspended since 24 November 2026, 12:00 (UTC).",
            id="suspended",
        ),
        pytest.param(
            {"pauses": [Pause(kind="withdrawn", since=AT)]},
            AT,
            "Withdrawn on 24 November 2026, 12:00 (UTC).",
            id="withdrawn",
        ),
        pytest.param(
            {"superseded_at": AT},
            AT,
            "Replaced by a newer version on 24 November 2026, 12:00 (UTC).",
            id="replaced",
        ),
    ],
)
def test_the_sentence_for_a_state_has_its_instant(life: dict[str, Any], at: datetime, expected: str) -> None:
    assert ENGLISH.state(VERSION.model_copy(update=life), at) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [(make_order(), "Interim injunction"), (make_order(instrument="decree"), "decree")],
    ids=["a known instrument", "an instrument of a later version"],
)
def test_the_name_of_an_instrument(order: Order, expected: str) -> None:
    assert ENGLISH.instrument(order) == expected


def test_a_sender_is_named_in_the_readers_language_if_possible() -> None:
    entry = replace(REJECTED, name={"de": "Ein Gericht", "fr": "Un tribunal"})
    assert ENGLISH.sender(entry).text == "Ein Gericht"
    assert Speech("fr", OPERATOR).sender(entry).text == "Un tribunal"
    assert Speech("fr", OPERATOR).sender(REJECTED).text == "Expéditeur privé"


def test_a_change_without_a_version_or_demand_has_only_its_kind() -> None:
    change = Change(at=AT, kind=ChangeKind.REJECTED)
    assert (ENGLISH.change_title(change), ENGLISH.change_summary(change)) == (": Demand rejected", "")
