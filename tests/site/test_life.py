"""The state of a version at an instant follows from its dates, its pauses and later versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.site.life import Pause, State
from tests.site.samples import AT, DAY, make_version

if TYPE_CHECKING:
    from datetime import datetime

VERSION = make_version(Path("order.yaml"))
FROM, REVIEW, END = VERSION.order.effective_from, VERSION.order.review_by, VERSION.order.expires_at
PAUSED = Pause(kind="suspended", since=AT, until=AT + 2 * DAY, reason="An appeal.")
GONE = Pause(kind="withdrawn", since=AT)


@pytest.mark.parametrize(
    ("life", "at", "expected"),
    [
        pytest.param({}, FROM - DAY, State.UPCOMING, id="before it takes effect"),
        pytest.param({}, FROM, State.IN_FORCE, id="when it takes effect"),
        pytest.param({}, REVIEW + DAY, State.REVIEW_MISSED, id="review missed"),
        pytest.param({}, END, State.EXPIRED, id="when it expires"),
        pytest.param({"pauses": [PAUSED]}, AT - DAY, State.IN_FORCE, id="before a pause"),
        pytest.param({"pauses": [PAUSED]}, AT, State.SUSPENDED, id="when a pause begins"),
        pytest.param({"pauses": [PAUSED]}, AT + 2 * DAY, State.IN_FORCE, id="when a pause ends"),
        pytest.param({"pauses": [GONE]}, AT + 9 * DAY, State.WITHDRAWN, id="withdrawn"),
        pytest.param({"pauses": [GONE]}, END, State.EXPIRED, id="expired takes precedence over withdrawn"),
        pytest.param({"superseded_at": AT}, AT, State.SUPERSEDED, id="superseded"),
        pytest.param({"superseded_at": AT}, AT - DAY, State.IN_FORCE, id="before it is superseded"),
    ],
)
def test_the_state_of_a_version(life: dict[str, Any], at: datetime, expected: State) -> None:
    assert VERSION.model_copy(update=life).state(at) is expected


def test_every_instant_at_which_the_state_can_change_is_listed() -> None:
    version = VERSION.model_copy(update={"pauses": [PAUSED, GONE], "superseded_at": AT + DAY})
    instants = set(version.instants())
    assert {FROM, END, AT, AT + 2 * DAY, AT + DAY} < instants
    assert any(REVIEW < each < REVIEW + DAY for each in instants)
