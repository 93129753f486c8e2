from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from joinfence.monitoring.status.findings import findings, is_alive
from tests.factories import NOW
from tests.monitoring.status.samples import DAY, change, snapshot, source

FOLDER = Path("/var/lib/joinfence")


def test_a_healthy_fence_has_no_findings() -> None:
    assert findings(snapshot(), FOLDER, NOW) == []
    assert is_alive(snapshot(), NOW)


@pytest.mark.parametrize(
    ("changes", "what", "to_do"),
    [
        ({"heartbeat": NOW - timedelta(seconds=31)}, "the last heartbeat of the fence was 31 seconds ago (process 4711)", "look at its log: if it has ended, start it again, since nothing is refused meanwhile; if it cannot write to its state folder, free disk space or correct the permissions"),
        ({"heartbeat": NOW + timedelta(seconds=31), "answered": NOW + timedelta(seconds=9)}, "the last heartbeat is 31 seconds in the future", "set the clocks"),
        ({"stopped": NOW - timedelta(hours=3)}, "the fence was stopped 3 hours ago", "start it"),
        ({"answered": NOW - timedelta(seconds=60)}, "the fence hangs: nothing has passed through it for 58 seconds", "start it again"),
        ({"failures": 4}, "the fence itself failed 4 times since it started", "look for the errors in its log"),
        ({"alarms": ["the header is missing"]}, "the header is missing", "joinfence probe"),
        ({"problems": ["a.yaml:1:1: is bad"], "problems_at": NOW - DAY}, "an edit made 24 hours ago is not in force (the previous version still is): a.yaml:1:1: is bad", "fix it; the fence notices the change by itself"),
        ({"problems": ["a", "b"]}, "(the previous version still is): a", "fix all 2 problems that joinfence check shows"),
        ({"unapproved": ["DE-2026-0001"]}, "DE-2026-0001 is not approved: it is not in force", "have it signed"),
        ({"unpublished": ["DE-2026-0001"]}, "the public pages do not show the current DE-2026-0001", "joinfence site build"),
        ({"unwritten": ["event_log"]}, "the event log cannot be written; everything else goes on", "free disk space"),
        ({"missed_reviews": ["DE-2026-0001"]}, "the review of DE-2026-0001 was missed: it is not in force", "review it and set review_by"),
        ({"reviews": [change(becomes="review_missed", at=NOW + 7 * DAY)]}, "DE-2026-0001 must be reviewed by 2026-12-01T12:00:00+00:00, in 7 days", "review it"),
        ({"sources": [source(stale=True)]}, "GeoLite2-Country of 2026-11-21 is older than max_age_days allows, so it is not used", "download a newer database"),
    ],
)  # fmt: skip
def test_each_finding_says_what_to_do(changes: dict[str, Any], what: str, to_do: str) -> None:
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
        "three heartbeats late",
        "no event loop",
        "a clock slightly ahead",
        "a review in 8 days",
        "an expiry",
        "no date",
    ],
)
def test_these_are_no_findings(changes: dict[str, Any]) -> None:
    assert findings(snapshot(**changes), FOLDER, NOW) == []


def test_without_a_snapshot_that_is_the_finding() -> None:
    (finding,) = findings(None, FOLDER, NOW)
    assert finding.what == "no fence has written a heartbeat to /var/lib/joinfence"


def test_the_most_urgent_finding_comes_first() -> None:
    bad = snapshot(
        heartbeat=NOW - DAY, problems=["a"], missed_reviews=["DE-2026-0001"], sources=[source(stale=True)]
    )
    found = [finding.what.split()[1] for finding in findings(bad, FOLDER, NOW)]
    assert found == ["last", "edit", "review", "of"]
