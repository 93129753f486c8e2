"""Every change is listed once, latest first, without future changes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from joinfence.site.changes import ChangeKind, changes
from joinfence.site.life import Pause, Revision
from joinfence.site.rejected import RejectedDemand
from tests.site.samples import AT, DAY, make_version

VERSION = make_version(Path("order.yaml"))
FROM, REVIEW, END = VERSION.order.effective_from, VERSION.order.review_by, VERSION.order.expires_at
REJECTED = RejectedDemand(
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
        pytest.param({}, "in_force published review_missed expired", id="no pauses"),
        pytest.param(
            {"published_at": FROM - DAY},
            "published in_force review_missed expired",
            id="published before it takes effect",
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
        pytest.param({"superseded_at": AT + DAY}, "in_force published superseded expired", id="superseded"),
        pytest.param(
            {"revisions": [Revision(at=AT + DAY, parts=["reasons"])]},
            "in_force published revised review_missed expired",
            id="edited",
        ),
    ],
)
def test_the_changes_of_a_version(life: dict[str, Any], expected: str) -> None:
    assert kinds(**life) == expected.split()


def test_a_later_version_is_in_force_from_its_publication() -> None:
    later = make_version(Path("order.yaml"), ("version", 2), ("supersedes", 1))
    assert [(change.kind, change.at) for change in changes([later], [], AT)] == [
        (ChangeKind.IN_FORCE, AT),
        (ChangeKind.PUBLISHED, AT),
    ]


def test_future_changes_are_not_listed() -> None:
    assert [change.kind for change in changes([VERSION], [], AT)] == [
        ChangeKind.PUBLISHED,
        ChangeKind.IN_FORCE,
    ]
    assert changes([VERSION], [], FROM - DAY) == ()


def test_a_rejected_demand_is_a_change_at_the_instant_of_the_decision() -> None:
    (change,) = changes([], [REJECTED], AT)
    assert (change.kind, change.at, change.rejected) == (ChangeKind.REJECTED, REJECTED.at, REJECTED)


def test_the_order_of_changes_at_the_same_instant_is_fixed() -> None:
    other = make_version(Path("order.yaml"), ("id", "DE-2026-0002"))
    assert changes([VERSION, other], [REJECTED], END) == changes([other, VERSION], [REJECTED], END)
