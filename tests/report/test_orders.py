from __future__ import annotations

from typing import Any

import pytest

from joinfence.records.tallies.bands import Band, Bands
from joinfence.records.tallies.database import TallyKey
from joinfence.report.orders import ending, in_force, missed_reviews, order_lines
from tests.report.samples import H2, YEAR, at, make_facts, make_order

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
def test_the_first_of_several_ends_counts(changes: dict[str, Any], cause: str) -> None:
    assert ending(make_order(**changes))[1] == cause


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"effective_from": "2027-01-01T00:00:00Z"}, False),
        ({"effective_from": "2026-12-31T23:59:59Z"}, True),
        ({"suspended": {"since": "2026-11-01T00:00:00Z", "reason": "x"}}, False),
        ({"effective_from": "2026-01-01T00:00:00Z", "review_by": "2026-07-01T00:00:00Z"}, False),
    ],
    ids=[
        "in the period",
        "takes effect afterwards",
        "takes effect in the last second",
        "suspended before it takes effect",
        "ended before",
    ],
)
def test_the_orders_that_were_in_force(changes: dict[str, Any], *, expected: bool) -> None:
    assert bool(in_force(make_facts(make_order(**changes)), H2)) is expected


def test_a_line_states_when_and_why_the_order_ended_in_the_period() -> None:
    (line,) = order_lines(make_facts(make_order(**SUSPENDED)), H2)
    assert (line.in_force_until, line.ended_by) == (at("11-20"), "suspension")
    (line,) = order_lines(make_facts(make_order()), H2)
    assert (line.in_force_until, line.ended_by) == (None, None)
    assert (line.authority, line.country, line.kind, line.meetings) == (
        "de-lg-beispielstadt",
        "DE",
        "court",
        2,
    )


def test_each_version_and_half_year_has_its_own_bands() -> None:
    bands = {
        TallyKey("2026-H2", "DE-2026-0001", 1): Bands(Band.FROM_10, Band.UNDER_10),
        TallyKey("2026-H2", "DE-2026-0001", 2): Bands(Band.FROM_100, Band.UNDER_10),
    }
    second = make_order(version=2, supersedes=1, effective_from="2026-12-01T00:00:00Z")
    lines = order_lines(make_facts(make_order(), second, bands=bands), YEAR)
    assert [(line.version, [(j.half_year, j.refused) for j in line.joins]) for line in lines] == [
        (1, [("2026-H1", "<10"), ("2026-H2", "10-99")]),
        (2, [("2026-H1", "<10"), ("2026-H2", "100-999")]),
    ]


def test_joins_are_not_counted_with_tally_off() -> None:
    (line,) = order_lines(make_facts(make_order(tally="off"), bands={}), H2)
    assert [(joins.refused, joins.observed) for joins in line.joins] == [(None, None)]


def test_joins_are_not_counted_without_a_database() -> None:
    (line,) = order_lines(make_facts(make_order()), H2)
    assert [(joins.refused, joins.observed) for joins in line.joins] == [(None, None)]


def test_a_missed_review_is_known_from_the_file_or_the_log() -> None:
    assert missed_reviews(make_facts(make_order()), H2) == 0
    assert missed_reviews(make_facts(make_order(**REVIEWED)), H2) == 1
    logged = frozenset(
        {(at("12-05"), "DE-2026-0001"), (at("12-06"), "FR-2026-0001"), (at("06-06"), "PT-2026-0001")}
    )
    assert missed_reviews(make_facts(make_order(**REVIEWED), missed_reviews=logged), H2) == 2


def test_a_review_is_not_missed_if_there_is_a_newer_version() -> None:
    newer = make_order(version=2, supersedes=1, effective_from="2026-11-30T00:00:00Z")
    assert missed_reviews(make_facts(make_order(**REVIEWED), newer), H2) == 0
