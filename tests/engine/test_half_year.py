from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from joinfence.engine.half_year import HalfYear


@pytest.mark.parametrize(
    ("day", "half_year", "last_day"),
    [
        (date(2026, 1, 1), "2026-H1", date(2026, 6, 30)),
        (date(2026, 6, 30), "2026-H1", date(2026, 6, 30)),
        (date(2026, 7, 1), "2026-H2", date(2026, 12, 31)),
        (date(2026, 12, 31), "2026-H2", date(2026, 12, 31)),
        (datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), "2026-H1", date(2026, 6, 30)),
        (date(26, 7, 1), "0026-H2", date(26, 12, 31)),
    ],
)
def test_the_half_year_of_a_day(day: date, half_year: str, last_day: date) -> None:
    found = HalfYear.of(day)
    assert (str(found), found.last_day) == (half_year, last_day)
    assert HalfYear.parse(half_year) == found
    assert found.start.date() <= date(day.year, day.month, day.day) < found.end.date()
    assert found.end == found.next.start


def test_texts_sort_as_half_years_do() -> None:
    half_years = [HalfYear(year, half) for year in (1, 999, 2025, 2026) for half in (1, 2)]
    assert half_years == sorted(half_years)
    assert all(str(before) < str(after) for before, after in pairwise(half_years))
