"""Charts as rows of bars. Every bar carries its label and number, so that no colour has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.records.tallies.bands import Band

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PATTERNS: Final = ("solid", "stripes", "dots", "grid", "back")
"""How bars are filled; what they mean stands at them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, its number as a reader sees it, its length in per cent, and how it is filled."""

    label: str
    shown: str
    share: float
    pattern: str


def bars(
    values: Iterable[tuple[str, float]], number: Callable[[float], str], *, alike: bool = True
) -> list[Bar]:
    """Return a bar for each (label, value); the longest is as long as the chart is wide.

    `alike` fills all in the same way; otherwise each has its own pattern.
    """
    known = list(values)
    longest = max((value for _label, value in known), default=0)
    return [
        Bar(
            label=label,
            shown=number(value),
            share=round(100 * value / longest, 1) if longest else 0,
            pattern=PATTERNS[0 if alike else index % len(PATTERNS)],
        )
        for index, (label, value) in enumerate(known)
    ]


def band_bars(values: Sequence[tuple[str, Band]]) -> list[Bar]:
    """Return a bar for each (label, band): a quarter of the width for each band up to it."""
    order = list(Band)
    return [
        Bar(label, band.value, 100 * (order.index(band) + 1) / len(order), PATTERNS[order.index(band)])
        for label, band in values
    ]
