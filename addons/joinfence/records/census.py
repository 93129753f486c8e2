"""How many orders stand where: numbers that say nothing of any single order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from joinfence.engine.order import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

SOON: Final = timedelta(days=7)
"""How long before its end a review counts as due."""


@dataclass(frozen=True, slots=True)
class Census:
    """Orders by standing, and those in force that have to be reviewed soon."""

    standings: Mapping[Standing, int] = field(default_factory=dict)
    reviews_due: int = 0


def census_of(orders: Iterable[tuple[Standing, datetime]], now: datetime) -> Census:
    """Return the census of orders, each given by where it stands and when its review is due."""
    standings: Counter[Standing] = Counter()
    due = 0
    for standing, review_by in orders:
        standings[standing] += 1
        due += standing is Standing.IN_FORCE and review_by - now < SOON
    return Census(standings, due)
