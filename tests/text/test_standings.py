from __future__ import annotations

import re
from pathlib import Path

import pytest

import joinfence
from joinfence.engine.order import Standing
from joinfence.text.standings import STANDINGS

SOURCES = sorted(Path(joinfence.__file__).parent.rglob("*.py"))


def test_every_standing_and_every_change_has_different_words() -> None:
    assert set(STANDINGS) == set(Standing)
    for column in zip(*STANDINGS.values(), strict=True):
        assert len(set(column)) == len(Standing)
        assert all(column)


def test_operators_have_one_table_of_words_for_standings() -> None:
    written = re.compile(r"Standing\.\w+: f?\"|\"(?:in_force|not_yet_effective|review_missed)\": f?\"")
    found = [path.name for path in SOURCES if written.search(path.read_text())]
    assert found == ["order_words.py"], "only colours for the command line; words belong in text/standings.py"


@pytest.mark.parametrize(
    ("standing", "now", "change"),
    [
        (Standing.IN_FORCE, "in force", "takes effect"),
        (Standing.REVIEW_MISSED, "review missed", "review due"),
        (Standing.UNPUBLISHED, "not published", "is approved, not published"),
    ],
)
def test_the_words_for_a_standing(standing: Standing, now: str, change: str) -> None:
    assert STANDINGS[standing] == (now, change)
