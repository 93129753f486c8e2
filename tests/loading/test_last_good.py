from __future__ import annotations

from pathlib import Path

from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.loading.last_good import LastGood

PROBLEM = Problem(Path("a.yaml"), 1, 1, "is broken")


def fail() -> int:
    raise ConfigError([PROBLEM])


def test_the_last_good_version_stands_in_for_a_broken_one() -> None:
    good = LastGood()
    assert good.read("part", lambda: 1) == 1
    assert good.read("part", fail) == 1
    assert good.read("other", fail) is None
    assert good.problems == [PROBLEM, PROBLEM]
    good.begin()
    assert (good.problems, good.read("part", lambda: 2)) == ([], 2)
