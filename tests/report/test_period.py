from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from joinfence.engine.half_year import HalfYear
from joinfence.report.period import Period, PeriodError, period

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_year_is_two_half_years() -> None:
    found = period(date(2026, 1, 1), date(2026, 12, 31), NOW)
    assert [str(each) for each in found.half_years()] == ["2026-H1", "2026-H2"]
    assert (found.start, found.end) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_the_last_instant_is_in_the_period_and_the_next_is_not() -> None:
    found = Period(HalfYear(2026, 1), HalfYear(2026, 1))
    assert found.holds(datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC))
    assert not found.holds(datetime(2026, 7, 1, tzinfo=UTC))
    assert found.holds_day(date(2026, 6, 30))
    assert not found.holds_day(date(2026, 7, 1))
    assert not found.holds(None)
    assert not found.holds_day(None)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-03-31"),
        ("2026-01-02", "2026-06-30"),
        ("2026-04-01", "2026-09-30"),
        ("2026-07-01", "2026-06-30"),
    ],
)
def test_only_whole_half_years_are_accepted(first: str, last: str) -> None:
    with pytest.raises(
        PeriodError, match=r"is not a period of whole half-years; a half-year is, for example, --from 2026-"
    ):
        period(date.fromisoformat(first), date.fromisoformat(last), NOW)


def test_a_period_that_is_not_over_is_refused() -> None:
    day = (date(2026, 7, 1), date(2026, 12, 31))
    assert period(*day, NOW)
    with pytest.raises(PeriodError, match="is not over yet; make its report on 2027-01-01 or later"):
        period(*day, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
