from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from joinfence.monitoring.status.findings import findings, is_alive
from tests.factories import NOW
from tests.monitoring.status.samples import DAY, change, snapshot, source

FOLDER = Path("/var/lib/joinfence")


def test_a_fence_that_is_fine_needs_nobody() -> None:
    assert findings(snapshot(), FOLDER, NOW) == []
    assert is_alive(snapshot(), NOW)


@pytest.mark.parametrize(
    ("changes", "what", "to_do"),
    [
        ({"heartbeat": NOW - timedelta(seconds=31)}, "the fence gave its last sign of life 31 seconds ago (process 4711)", "look at its log: start it again if it has ended, for nothing is refused meanwhile; free the disk, or let it write to its state folder, if it says that it cannot"),
        ({"heartbeat": NOW + timedelta(seconds=31), "answered": NOW + timedelta(seconds=9)}, "the last sign of life is 31 seconds in the future", "set the clocks"),
        ({"stopped": NOW - timedelta(hours=3)}, "the fence was stopped 3 hours ago", "start it"),
        ({"answered": NOW - timedelta(seconds=60)}, "the fence hangs: nothing has passed it for 58 seconds", "start it again"),
        ({"failures": 4}, "the fence itself failed 4 times since it started", "look for the errors in its log"),
        ({"alarms": ["the header is missing"]}, "the header is missing", "joinfence probe"),
        ({"problems": ["a.yaml:1:1: is bad"], "problems_at": NOW - DAY}, "an edit of 24 hours ago is not in force, and what was there before it is: a.yaml:1:1: is bad", "mend it; the fence takes the files up by itself"),
        ({"problems": ["a", "b"]}, "and what was there before it is: a", "mend all 2 problems that joinfence check shows"),
        ({"unapproved": ["DE-2026-0001"]}, "DE-2026-0001 is not approved: it is not in force", "have it signed"),
        ({"unpublished": ["DE-2026-0001"]}, "the public pages do not show DE-2026-0001 as it is", "joinfence site build"),
        ({"unwritten": ["event_log"]}, "the event log cannot be written; nothing else stops", "free the disk"),
        ({"missed_reviews": ["DE-2026-0001"]}, "the review of DE-2026-0001 was missed: it is not in force", "review it and set review_by"),
        ({"reviews": [change(becomes="review_missed", at=NOW + 7 * DAY)]}, "DE-2026-0001 is to be reviewed by 2026-12-01T12:00:00+00:00, in 7 days", "review it"),
        ({"sources": [source(stale=True)]}, "GeoLite2-Country of 2026-11-21 is older than max_age_days allows, so it is not used", "download a newer database"),
    ],
)  # fmt: skip
def test_what_needs_a_person_comes_with_what_to_do(changes: dict[str, Any], what: str, to_do: str) -> None:
    (finding,) = findings(snapshot(**changes), FOLDER, NOW)
    assert what in finding.what
    assert to_do in finding.to_do


@pytest.mark.parametrize(
    "changes",
    [
        {"heartbeat": NOW - timedelta(seconds=30)},
        {"answered": None},
        {"heartbeat": NOW + timedelta(seconds=30), "answered": NOW},
        {"reviews": [change(becomes="review_missed", at=NOW + 8 * DAY)]},
        {"changes": [change(becomes="expired", at=NOW + DAY)]},
        {"sources": [source(age_days=None)]},
    ],
    ids=[
        "three beats late",
        "no event loop",
        "a clock that is a little ahead",
        "a review in 8 days",
        "an expiry needs nobody",
        "no date",
    ],
)
def test_what_needs_nobody(changes: dict[str, Any]) -> None:
    assert findings(snapshot(**changes), FOLDER, NOW) == []


def test_no_fence_at_all() -> None:
    (finding,) = findings(None, FOLDER, NOW)
    assert finding.what == "no fence has left a sign of life in /var/lib/joinfence"


def test_the_most_pressing_comes_first() -> None:
    bad = snapshot(
        heartbeat=NOW - DAY, problems=["a"], missed_reviews=["DE-2026-0001"], sources=[source(stale=True)]
    )
    found = [finding.what.split()[1] for finding in findings(bad, FOLDER, NOW)]
    assert found == ["fence", "edit", "review", "of"]
