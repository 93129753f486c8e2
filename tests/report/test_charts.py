from __future__ import annotations

from joinfence.records.tallies.bands import Band
from joinfence.report.charts import PATTERNS, band_bars, bars


def test_the_longest_bar_fills_the_chart() -> None:
    found = bars([("a", 1), ("b", 4), ("c", 0)], str)
    assert [(bar.label, bar.shown, bar.share) for bar in found] == [
        ("a", "1", 25),
        ("b", "4", 100),
        ("c", "0", 0),
    ]
    assert {bar.pattern for bar in found} == {"solid"}


def test_bars_of_different_things_are_filled_differently() -> None:
    found = bars([(name, 1) for name in "abcdef"], str, alike=False)
    assert [bar.pattern for bar in found] == [*PATTERNS, PATTERNS[0]]


def test_nothing_is_no_bar_and_no_division() -> None:
    assert bars([], str) == []
    assert [bar.share for bar in bars([("a", 0)], str)] == [0]


def test_bands_are_steps_and_never_more_exact() -> None:
    found = band_bars([(band.name, band) for band in Band])
    assert [(bar.shown, bar.share) for bar in found] == [
        ("<10", 25),
        ("10-99", 50),
        ("100-999", 75),
        (">=1000", 100),
    ]
    assert len({bar.pattern for bar in found}) == 4
