"""Meeting ids in canonical form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.normalise import Step, normalise


@pytest.mark.parametrize(
    ("chain", "text", "expected"),
    [
        ([], " As It Is ", " As It Is "),
        ([Step.TRIM], " room\t", "room"),
        ([Step.CASEFOLD], "STRAẞE", "strasse"),
        ([Step.NFKC, Step.CASEFOLD], "Ｒｏｏｍ", "room"),
        ([Step.DIGITS], "987-6543 2101", "98765432101"),
        ([Step.DIGITS], "٩٨٧", ""),
        ([Step.DIGITS], "no number", ""),
    ],
)
def test_a_chain(chain: list[Step], text: str, expected: str) -> None:
    assert normalise(text, chain) == expected


@given(st.text(), st.lists(st.sampled_from(Step)))
def test_a_chain_twice_is_the_chain_once_where_each_step_is_its_own_end(text: str, chain: list[Step]) -> None:
    for step in chain:
        once = normalise(text, [step])
        assert normalise(once, [step]) == once
