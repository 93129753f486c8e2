"""Every change is listed once, the latest first, and none that is still to come."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from joinfence.site.changes import ChangeKind, changes
from joinfence.site.life import Pause, Revision
from joinfence.site.rejected import Rejected
from tests.site.samples import AT, DAY, make_version

VERSION = make_version(Path("order.yaml"))
FROM, REVIEW, END = VERSION.order.effective_from, VERSION.order.review_by, VERSION.order.expires_at
REJECTED = Rejected(
    id="D-2026-0001",
    at=datetime(2026, 11, 3, tzinfo=UTC),
    reasons=("no_competence",),
    country="US",
    kind="private",
    name={},
)


def kinds(**life: Any) -> list[str]:
    version = VERSION.model_copy(update=life)
    return [change.kind.value for change in changes([version], [], END + DAY)][::-1]


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        pytest.param({}, "in_force published review_missed expired", id="a plain life"),
        pytest.param(
            {"published_at": FROM - DAY}, "published in_force review_missed expired", id="announced"
        ),
        pytest.param(
            {"pauses": [Pause(kind="suspended", since=AT + DAY, until=AT + 2 * DAY)]},
            "in_force published suspended resumed review_missed expired",
            id="suspended for a day",
        ),
        pytest.param(
            {"pauses": [Pause(kind="withdrawn", since=AT + DAY)]},
            "in_force published withdrawn expired",
            id="withdrawn",
        ),
        pytest.param(
            {"superseded_at": AT + DAY}, "in_force published superseded expired", id="replaced by another"
        ),
        pytest.param(
            {"revisions": [Revision(at=AT + DAY, parts=["reasons"])]},
            "in_force published revised review_missed expired",
            id="edited",
        ),
    ],
)
def test_the_changes_of_a_life_are(life: dict[str, Any], expected: str) -> None:
    assert kinds(**life) == expected.split()


def test_a_later_version_comes_into_force_when_it_is_published() -> None:
    later = make_version(Path("order.yaml"), ("version", 2), ("supersedes", 1))
    assert [(change.kind, change.at) for change in changes([later], [], AT)] == [
        (ChangeKind.IN_FORCE, AT),
        (ChangeKind.PUBLISHED, AT),
    ]


def test_what_is_still_to_come_is_not_listed() -> None:
    assert [change.kind for change in changes([VERSION], [], AT)] == [
        ChangeKind.PUBLISHED,
        ChangeKind.IN_FORCE,
    ]
    assert changes([VERSION], [], FROM - DAY) == ()


def test_rejected_demands_are_changes_of_the_instant_they_were_decided() -> None:
    (change,) = changes([], [REJECTED], AT)
    assert (change.kind, change.at, change.rejected) == (ChangeKind.REJECTED, REJECTED.at, REJECTED)


def test_changes_of_one_instant_have_one_order() -> None:
    other = make_version(Path("order.yaml"), ("id", "DE-2026-0002"))
    assert changes([VERSION, other], [REJECTED], END) == changes([other, VERSION], [REJECTED], END)
