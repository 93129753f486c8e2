from __future__ import annotations

from typing import Any

import pytest

from joinfence.records.tallies.bands import Band, Bands
from joinfence.records.tallies.database import TallyKey
from joinfence.report.orders import ending, in_force, missed_reviews, order_lines
from tests.report.made import H2, YEAR, at, made, order

SUSPENDED = {"suspended": {"since": "2026-11-20T00:00:00Z", "reason": "An appeal."}}
REVIEWED = {"review_by": "2026-12-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, "missed_review"),
        ({"review_by": "2027-02-08T00:00:00+01:00"}, "expiry"),
        (SUSPENDED, "suspension"),
    ],
)
def test_what_ends_an_order_first(changes: dict[str, Any], cause: str) -> None:
    assert ending(order(**changes))[1] == cause


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"effective_from": "2027-01-01T00:00:00Z"}, False),
        ({"effective_from": "2026-12-31T23:59:59Z"}, True),
        ({"suspended": {"since": "2026-11-01T00:00:00Z", "reason": "x"}}, False),
        ({"effective_from": "2026-01-01T00:00:00Z", "review_by": "2026-07-01T00:00:00Z"}, False),
    ],
    ids=["within", "begins after", "begins in the last second", "suspended before it began", "ended before"],
)
def test_which_orders_were_in_force(changes: dict[str, Any], *, expected: bool) -> None:
    assert bool(in_force(made(order(**changes)), H2)) is expected


def test_a_line_says_when_and_why_it_ended_in_the_period() -> None:
    (line,) = order_lines(made(order(**SUSPENDED)), H2)
    assert (line.in_force_until, line.ended_by) == (at("11-20"), "suspension")
    (line,) = order_lines(made(order()), H2)
    assert (line.in_force_until, line.ended_by) == (None, None)
    assert (line.authority, line.country, line.kind, line.meetings) == (
        "de-lg-beispielstadt",
        "DE",
        "court",
        2,
    )


def test_bands_stand_at_each_version_and_half_year() -> None:
    bands = {
        TallyKey("2026-H2", "DE-2026-0001", 1): Bands(Band.FROM_10, Band.UNDER_10),
        TallyKey("2026-H2", "DE-2026-0001", 2): Bands(Band.FROM_100, Band.UNDER_10),
    }
    second = order(version=2, supersedes=1, effective_from="2026-12-01T00:00:00Z")
    lines = order_lines(made(order(), second, bands=bands), YEAR)
    assert [(line.version, [(j.half_year, j.refused) for j in line.joins]) for line in lines] == [
        (1, [("2026-H1", "<10"), ("2026-H2", "10-99")]),
        (2, [("2026-H1", "<10"), ("2026-H2", "100-999")]),
    ]


def test_an_order_that_says_tally_off_was_not_counted() -> None:
    (line,) = order_lines(made(order(tally="off"), bands={}), H2)
    assert [(joins.refused, joins.observed) for joins in line.joins] == [(None, None)]


def test_without_a_database_nothing_was_counted() -> None:
    (line,) = order_lines(made(order()), H2)
    assert [(joins.refused, joins.observed) for joins in line.joins] == [(None, None)]


def test_a_missed_review_is_told_by_the_file_or_by_the_log() -> None:
    assert missed_reviews(made(order()), H2) == 0
    assert missed_reviews(made(order(**REVIEWED)), H2) == 1
    logged = frozenset(
        {(at("12-05"), "DE-2026-0001"), (at("12-06"), "FR-2026-0001"), (at("06-06"), "PT-2026-0001")}
    )
    assert missed_reviews(made(order(**REVIEWED), missed_reviews=logged), H2) == 2


def test_a_review_that_a_newer_version_answered_was_not_missed() -> None:
    newer = order(version=2, supersedes=1, effective_from="2026-11-30T00:00:00Z")
    assert missed_reviews(made(order(**REVIEWED), newer), H2) == 0
