"""Counts decisions and the time they take, for the metrics."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final

from joinfence.engine.values import Unlocated

if TYPE_CHECKING:
    from joinfence.engine.decision import Decision, Reason, Verdict
    from joinfence.engine.values import UnlocatedReason

BOUNDS: Final = (
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0
)  # fmt: skip
"""Upper bounds of the buckets for the time a decision takes, in seconds."""


class Meter:
    """Counters by verdict and reason, and a histogram of durations. Not broken down by order or place."""

    def __init__(self) -> None:
        """Start at zero."""
        self.decisions: Counter[tuple[Verdict, Reason]] = Counter()
        self.unlocated: Counter[UnlocatedReason] = Counter()
        self.errors: Counter[str] = Counter()
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def note(self, decision: Decision, seconds: float) -> None:
        """Count a decision and the time it took."""
        self.decisions[decision.verdict, decision.reason] += 1
        if isinstance(decision.location, Unlocated):
            self.unlocated[decision.location.reason] += 1
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
