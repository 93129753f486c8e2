"""Bands, and that what is published reveals no more than they do."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.records.tallies.bands import Band, Bands, band, published
from joinfence.records.tallies.database import Tally, TallyKey

EDGES = {
    Band.UNDER_10: (0, 9),
    Band.FROM_10: (10, 99),
    Band.FROM_100: (100, 999),
    Band.FROM_1000: (1000, 10**9),
}
COUNTS = st.integers(0, 10**9) | st.integers(0, 1100)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "<10"),
        (9, "<10"),
        (10, "10-99"),
        (99, "10-99"),
        (100, "100-999"),
        (999, "100-999"),
        (1000, ">=1000"),
    ],
)
def test_the_band_of_a_count(count: int, expected: str) -> None:
    assert band(count) == expected


@given(COUNTS)
def test_a_count_is_within_its_band(count: int) -> None:
    low, high = EDGES[band(count)]
    assert low <= count <= high


KEYS = st.builds(
    TallyKey,
    half_year=st.sampled_from(["2025-H2", "2026-H1", "2026-H2"]),
    order_id=st.sampled_from(["A", "B", "C"]),
    version=st.integers(1, 2),
)
TALLIES = st.dictionaries(KEYS, st.builds(Tally, COUNTS, COUNTS), max_size=8)


def within(count: int, data: st.DataObject) -> int:
    """Return an arbitrary count in the same band."""
    return data.draw(st.integers(*EDGES[band(count)]))


@given(TALLIES, st.data())
def test_what_is_published_depends_only_on_the_bands(
    tallies: dict[TallyKey, Tally], data: st.DataObject
) -> None:
    # So no difference of published figures can say more than each band does.
    others = {
        key: Tally(within(each.refused, data), within(each.observed, data)) for key, each in tallies.items()
    }
    today = date(2026, 7, 1)
    mine, theirs = published(tallies, today), published(others, today)
    assert mine == theirs


def test_a_half_year_is_published_only_when_it_is_over() -> None:
    tallies = {TallyKey("2026-H1", "A", 1): Tally(50, 0), TallyKey("2026-H2", "A", 1): Tally(5000, 5000)}
    over = {TallyKey("2026-H1", "A", 1): Bands(Band.FROM_10, Band.UNDER_10)}
    assert published(tallies, date(2026, 6, 30)) == {}
    assert published(tallies, date(2026, 7, 1)) == published(tallies, date(2026, 12, 31)) == over
    assert len(published(tallies, date(2027, 1, 1))) == 2
