"""What is published of a tally: its band, for a half-year that is over.

Everything published is derived from the bands of the individual tallies, and no totals are published, so
subtracting published numbers reveals no more than the bands themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.half_year import HalfYear

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from joinfence.records.tallies.database import Tally, TallyKey


class Band(StrEnum):
    """The bands, smallest first. The smallest includes zero."""

    UNDER_10 = "<10"
    FROM_10 = "10-99"
    FROM_100 = "100-999"
    FROM_1000 = ">=1000"


_LOWEST: Final = {Band.UNDER_10: 0, Band.FROM_10: 10, Band.FROM_100: 100, Band.FROM_1000: 1000}


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of the two numbers in a tally."""

    refused: Band = Band.UNDER_10
    observed: Band = Band.UNDER_10


def band(count: int) -> Band:
    """Return the band that a count is in."""
    return next(each for each in reversed(Band) if count >= _LOWEST[each])


def published(tallies: Mapping[TallyKey, Tally], today: date) -> dict[TallyKey, Bands]:
    """Return the bands of all tallies whose half-year is over on a day (UTC).

    A half-year that is not over is left out: the moment at which a tally enters the next band would reveal
    its exact number.
    """
    current = str(HalfYear.of(today))
    return {
        key: Bands(band(tally.refused), band(tally.observed))
        for key, tally in tallies.items()
        if key.half_year < current
    }
