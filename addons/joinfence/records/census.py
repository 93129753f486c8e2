"""Counts of orders by standing, which reveal nothing about any single order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import LOW_PRIORITY, Throttle
from joinfence.engine.order import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from joinfence.loading.order_states import TrackedState

SOON: Final = timedelta(days=7)
"""How long before its end a review counts as due."""


@dataclass(frozen=True, slots=True)
class Census:
    """How many orders have each standing, and how many in force must be reviewed soon."""

    standings: Mapping[Standing, int] = field(default_factory=dict)
    reviews_due: int = 0


def census_of(states: Iterable[TrackedState], now: datetime) -> Census:
    """Return the census of orders at an aware instant."""
    counts: Counter[str] = Counter()
    due, soon, throttle = 0, now + SOON, Throttle(LOW_PRIORITY)
    for current, _version, review_by, *_ in states:
        throttle()
        counts[current] += 1
        due += current == Standing.IN_FORCE and review_by < soon
    return Census({Standing(current): count for current, count in counts.items()}, due)
