"""Where a version stood when: by its dates, by pauses, and by what replaced it."""

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
        pytest.param({}, FROM - DAY, State.UPCOMING, id="before it begins"),
        pytest.param({}, FROM, State.IN_FORCE, id="as it begins"),
        pytest.param({}, REVIEW + DAY, State.REVIEW_MISSED, id="review missed"),
        pytest.param({}, END, State.EXPIRED, id="as it ends"),
        pytest.param({"pauses": [PAUSED]}, AT - DAY, State.IN_FORCE, id="before a pause"),
        pytest.param({"pauses": [PAUSED]}, AT, State.SUSPENDED, id="as a pause begins"),
        pytest.param({"pauses": [PAUSED]}, AT + 2 * DAY, State.IN_FORCE, id="as a pause ends"),
        pytest.param({"pauses": [GONE]}, AT + 9 * DAY, State.WITHDRAWN, id="withdrawn stays so"),
        pytest.param({"pauses": [GONE]}, END, State.EXPIRED, id="until it would have ended"),
        pytest.param({"superseded_at": AT}, AT, State.SUPERSEDED, id="replaced"),
        pytest.param({"superseded_at": AT}, AT - DAY, State.IN_FORCE, id="not yet replaced"),
    ],
)
def test_a_version_stood(life: dict[str, Any], at: datetime, expected: State) -> None:
    assert VERSION.model_copy(update=life).state(at) is expected


def test_every_instant_at_which_something_can_change_is_listed() -> None:
    version = VERSION.model_copy(update={"pauses": [PAUSED, GONE], "superseded_at": AT + DAY})
    instants = set(version.instants())
    assert {FROM, END, AT, AT + 2 * DAY, AT + DAY} < instants
    assert any(REVIEW < each < REVIEW + DAY for each in instants)
