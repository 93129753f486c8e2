from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from joinfence.monitoring.status.days import Day
from joinfence.report.compose import compose
from joinfence.report.page import to_html
from joinfence.report.period import Period
from tests.report.samples import H2, YEAR, make_facts, make_register


def complaints(count: int, **changes: Any) -> list[dict[str, Any]]:
    base = {"received_on": "2026-08-01", "answered_on": "2026-08-03", "outcome": "corrected"}
    return [{**base, **changes} for _ in range(count)]


@pytest.mark.parametrize(
    ("count", "band", "median"),
    [(0, "<10", None), (9, "<10", None), (10, "10-99", 2.0), (100, "100-999", 2.0)],
)
def test_complaints_are_counted_in_bands(count: int, band: str, median: float | None) -> None:
    (redress,) = compose(make_facts(register=make_register(complaints=complaints(count))), H2).redress
    assert (redress.complaints, redress.corrected, redress.median_days_to_answer) == (band, band, median)


@pytest.mark.parametrize(
    ("changes", "received", "corrected"),
    [
        ({"outcome": "explained"}, "10-99", "<10"),
        ({"answered_on": "2027-01-02"}, "10-99", "<10"),
        ({"received_on": "2026-06-30"}, "<10", "10-99"),
        ({"answered_on": None, "outcome": None}, "10-99", "<10"),
    ],
    ids=["explained", "answered after the period", "received before it", "unanswered"],
)
def test_the_complaints_that_count(changes: dict[str, Any], received: str, corrected: str) -> None:
    kept = {key: value for key, value in changes.items() if value is not None}
    entries = [
        {k: v for k, v in {**each, **kept}.items() if changes.get(k, v) is not None}
        for each in complaints(10)
    ]
    (redress,) = compose(make_facts(register=make_register(complaints=entries)), H2).redress
    assert redress.complaints == received
    assert redress.corrected == ("<10" if received == "<10" else corrected)


def test_a_year_shows_complaints_as_its_half_years_do() -> None:
    # 9 and 1 are both under 10: a band of their sum, or a median of all ten, would reveal the single one.
    early = complaints(9, received_on="2026-03-01", answered_on="2026-07-09")
    facts = make_facts(register=make_register(complaints=[*early, *complaints(1)]))
    halves = [compose(facts, Period(half, half)).redress[0] for half in YEAR.half_years()]
    assert compose(facts, YEAR).redress == halves
    assert [(part.half_year, part.complaints, part.median_days_to_answer) for part in halves] == [
        ("2026-H1", "<10", None),
        ("2026-H2", "<10", None),
    ]
    page = to_html(compose(facts, YEAR), "en", {"en": "report.html"})
    assert page.count("<h3>2026-H") == 2


def test_the_daily_records_of_all_nodes_are_added_up() -> None:
    one = {
        date(2026, 7, 1): Day(stale_policy_seconds=90, ages={"a": 3}),
        date(2026, 6, 30): Day(fail_open_seconds=600),
    }
    two = {date(2026, 12, 31): Day(stale_policy_seconds=60, fail_open_seconds=29, ages={"a": 7, "b": None})}
    guards = compose(make_facts(days=(one, two)), H2).safeguards
    assert (guards.nodes, guards.stale_policy_minutes, guards.fail_open_minutes) == (2, 2, 0)
    assert [(line.source, line.oldest_days) for line in guards.location] == [("a", 7), ("b", None)]


def test_without_daily_records_the_safeguards_are_unknown() -> None:
    guards = compose(make_facts(), H2).safeguards
    assert (guards.nodes, guards.stale_policy_minutes, guards.fail_open_minutes, guards.location) == (
        0,
        None,
        None,
        [],
    )


def test_the_statements_about_each_half_year() -> None:
    stated = {
        "half_year": "2026-H1",
        "signed_by": "counsel",
        "signed_on": "2026-07-02",
        "only_status_451": True,
        "no_data_given": False,
        "no_secret_order": True,
        "no_meeting_ended": True,
    }
    first, second = compose(make_facts(register=make_register(statements=[stated])), YEAR).statements
    assert (first.half_year, first.signed_by, first.no_data_given) == ("2026-H1", "counsel", False)
    assert (second.half_year, second.signed_by, second.no_data_given) == ("2026-H2", None, None)
