"""How much of its tables a run goes through: all with --all, otherwise a part that the next draw changes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Sample:
    """What a run takes of a table."""

    everything: bool
    draw: int
    """The seed of the run's hashes, so that one number repeats a run."""

    def turn[T](self, choices: Sequence[T], at: int) -> Sequence[T]:
        """Return all choices for the case at this place in its table, or by default the one whose turn it is."""
        return choices if self.everything else [choices[(self.draw + at) % len(choices)]]


def sample_of(config: pytest.Config) -> Sample:
    """Return what this run takes: --all decides, and PYTHONHASHSEED, which scripts/test draws and prints."""
    seed = os.environ.get("PYTHONHASHSEED", "")
    return Sample(everything=bool(config.getoption("--all")), draw=int(seed) if seed.isdecimal() else 0)


def left_out(items: Iterable[pytest.Item], sample: Sample) -> set[pytest.Item]:
    """Return the items whose turn it is not, of those marked `alternating(NAME, ...)`.

    The names are parameters. Of all their combinations, each case of the other parameters is run in one.
    """
    tables: dict[str, list[tuple[pytest.Function, tuple[str, ...]]]] = {}
    for item in items:
        mark = item.get_closest_marker("alternating")
        if mark and isinstance(item, pytest.Function):
            tables.setdefault(item.nodeid.partition("[")[0], []).append((item, mark.args))
    return {item for table in tables.values() for item in _waiting(table, sample)}


def _waiting(table: Sequence[tuple[pytest.Function, tuple[str, ...]]], sample: Sample) -> set[pytest.Item]:
    names = table[0][1]
    places = [item.callspec.indices for item, _ in table]
    combinations = list(product(*(sorted({place[name] for place in places}) for name in names)))
    cases: dict[tuple[int, ...], list[tuple[pytest.Item, tuple[int, ...]]]] = {}
    for (item, _), place in zip(table, places, strict=True):
        rest = tuple(index for name, index in sorted(place.items()) if name not in names)
        cases.setdefault(rest, []).append((item, tuple(place[name] for name in names)))
    return {
        item
        for at, case in enumerate(cases.values())
        for item, combination in case
        if combination not in sample.turn(combinations, at)
    }
