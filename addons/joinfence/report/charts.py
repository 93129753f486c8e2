"""Charts as rows of bars. Each bar has its label and number next to it, so colours carry no information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.records.tallies.bands import Band

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PATTERNS: Final = ("solid", "stripes", "dots", "grid", "back")
"""The fill patterns of bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, the number as shown, its length in per cent, and its fill pattern."""

    label: str
    shown: str
    share: float
    pattern: str


def bars(
    values: Iterable[tuple[str, float]], number: Callable[[float], str], *, same_pattern: bool = True
) -> list[Bar]:
    """Return a bar for each (label, value). The longest bar has the full width of the chart.

    With `same_pattern` all bars are filled alike, otherwise each has its own pattern.
    """
    known = list(values)
    longest = max((value for _label, value in known), default=0)
    return [
        Bar(
            label=label,
            shown=number(value),
            share=round(100 * value / longest, 1) if longest else 0,
            pattern=PATTERNS[0 if same_pattern else index % len(PATTERNS)],
        )
        for index, (label, value) in enumerate(known)
    ]


def band_bars(values: Sequence[tuple[str, Band]]) -> list[Bar]:
    """Return a bar for each (label, band). The four bands have a quarter of the width, a half, and so on."""
    order = list(Band)
    return [
        Bar(label, band.value, 100 * (order.index(band) + 1) / len(order), PATTERNS[order.index(band)])
        for label, band in values
    ]
