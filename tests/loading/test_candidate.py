"""A broken part keeps its last good value; if there is none, the parts that need it are skipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from joinfence.config.settings import read_settings
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.loading.candidate import Candidate, Memory, Part
from joinfence.loading.orders import OrderReader
from joinfence.location.databases import Databases
from tests.config_files import SHIPPED
from tests.factories import NOW

MAIN = SHIPPED / "geofence.yaml"
PROBLEM = Problem(Path("a.yaml"), 1, 1, "is broken")
OTHER = Problem(Path("b.yaml"), 1, 1, "is broken as well")


def candidate(**values: Any) -> Candidate:
    settings, document = read_settings(MAIN)
    memory = Memory(Databases(), OrderReader())
    return Candidate(
        main=MAIN, settings=settings, document=document, now=NOW, memory=memory, fingerprint={}, values=values
    )


def broken(problem: Problem) -> Any:
    def read(_candidate: Candidate) -> int:
        raise ConfigError([problem])

    return read


ONE: Part[int] = Part(name="one", read=lambda _: 1)
BROKEN: Part[int] = Part(name="one", read=broken(PROBLEM))
DOUBLE: Part[int] = Part(name="double", read=lambda at: 2 * at[ONE], needs=(ONE,))


def test_a_broken_part_keeps_its_last_good_value() -> None:
    first = candidate()
    first.read([ONE])
    edited = candidate(**first.values)
    edited.read([BROKEN])
    assert (edited[BROKEN], edited.problems) == (1, [PROBLEM])


def test_a_part_that_was_never_good_has_no_value() -> None:
    made = candidate()
    made.read([BROKEN])
    with pytest.raises(KeyError):
        made[BROKEN]


def test_a_part_needs_the_values_of_others_which_may_be_old() -> None:
    without = candidate()
    without.read([BROKEN, DOUBLE])
    assert without.values == {}
    before = candidate(one=7)
    before.read([BROKEN, DOUBLE])
    assert before[DOUBLE] == 14


def test_the_problems_of_all_parts_are_collected_in_reading_order() -> None:
    made = candidate()
    made.read([Part(name="two", read=broken(OTHER)), BROKEN, ONE])
    assert made.problems == [OTHER, PROBLEM]
    assert made[ONE] == 1


def test_none_is_a_value() -> None:
    made = candidate()
    none: Part[None] = Part(name="none", read=lambda _: None)
    made.read([none, Part(name="after", read=lambda at: at[none] is None, needs=(none,))])
    assert made.values == {"none": None, "after": True}
