from __future__ import annotations

from joinfence.records.tallies.bands import Band
from joinfence.report.charts import PATTERNS, band_bars, bars


def test_the_longest_bar_has_the_full_width() -> None:
    found = bars([("a", 1), ("b", 4), ("c", 0)], str)
    assert [(bar.label, bar.shown, bar.share) for bar in found] == [
        ("a", "1", 25),
        ("b", "4", 100),
        ("c", "0", 0),
    ]
    assert {bar.pattern for bar in found} == {"solid"}


def test_bars_can_have_different_patterns() -> None:
    found = bars([(name, 1) for name in "abcdef"], str, same_pattern=False)
    assert [bar.pattern for bar in found] == [*PATTERNS, PATTERNS[0]]


def test_no_values_and_zero_values_are_no_error() -> None:
    assert bars([], str) == []
    assert [bar.share for bar in bars([("a", 0)], str)] == [0]


def test_the_bar_of_a_band_shows_only_the_band() -> None:
    found = band_bars([(band.name, band) for band in Band])
    assert [(bar.shown, bar.share) for bar in found] == [
        ("<10", 25),
        ("10-99", 50),
        ("100-999", 75),
        (">=1000", 100),
    ]
    assert len({bar.pattern for bar in found}) == 4
