from __future__ import annotations

import re

import pytest

from joinfence.config.branding import PLAIN
from joinfence.refusal import pages
from joinfence.refusal.template_checks.examples import example_operator, example_refusals
from joinfence.refusal.template_checks.required import _required, missing_parts
from joinfence.text.words import Words

OPERATOR = example_operator(PLAIN)
FULL, BARE = example_refusals(OPERATOR)
EN = Words("en")
PIECES = [(part, name) for part, pieces in _required(FULL, EN).items() for name in pieces]


def test_our_own_text_lacks_nothing() -> None:
    for refusal in (FULL, BARE):
        assert list(missing_parts(refusal, EN, pages.block("txt", refusal, OPERATOR, EN))) == []


@pytest.mark.parametrize(("part", "name"), PIECES)
def test_each_piece_is_missed(part: str, name: str) -> None:
    pieces = [text for each in _required(FULL, EN).values() for text in each.values()]
    assert list(missing_parts(FULL, EN, "\n".join(pieces))) == []
    pieces.remove(_required(FULL, EN)[part][name])
    assert list(missing_parts(FULL, EN, "\n".join(pieces))) == [(part, name)]


def test_only_the_first_missing_piece_of_a_part_is_named() -> None:
    assert [part for part, _name in missing_parts(FULL, EN, "")] == list(_required(FULL, EN))


def test_other_orders_and_laws_are_required_only_if_there_are_any() -> None:
    assert not _required(BARE, EN)["other orders"]
    assert list(_required(BARE, EN)["law"]) == ["the citation"]


def test_line_breaks_and_direction_marks_do_not_count() -> None:
    pieces = [text for each in _required(FULL, EN).values() for text in each.values()]
    wrapped = "\n".join(re.sub(r"\s", "\n   ", f"\u2068{text}\u2069") for text in pieces)
    assert list(missing_parts(FULL, EN, wrapped)) == []
