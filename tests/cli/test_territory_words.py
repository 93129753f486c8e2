"""Places that people may wrongly think are covered are listed as not covered, according to ISO 3166."""

from __future__ import annotations

import pycountry
import pytest

from joinfence.cli import territory_words
from joinfence.cli.territory_words import covered, enumeration, name, not_covered, separate_places
from joinfence.config.yaml.codes import countries
from joinfence.engine.territory import OWN_CODES


@pytest.mark.parametrize(
    ("codes", "says", "says_not"),
    [
        (["PT"], ["Portugal (PT), with the Azores and Madeira"], ["everywhere else"]),
        (
            ["CN"],
            ["China (CN)"],
            [
                "Hong Kong SAR China, Macao SAR China and Taiwan, which have their own codes",
                "everywhere else",
            ],
        ),
        (
            ["CN", "TW"],
            ["China (CN)", "Taiwan (TW)"],
            ["Hong Kong SAR China and Macao SAR China, which have their own codes", "everywhere else"],
        ),
        (["FI"], ["Finland (FI)"], ["Åland Islands, which has its own code", "everywhere else"]),
        (
            ["DE-BY"],
            ["Bayern in Germany (DE-BY)"],
            [
                "the rest of Germany, and anybody known only to be in Germany: Bayern in Germany (DE-BY) is covered "
                "if a location source states it",
                "everywhere else",
            ],
        ),
    ],
)
def test_a_territory_is_described_in_words(codes: list[str], says: list[str], says_not: list[str]) -> None:
    assert (covered(codes), not_covered(codes)) == (says, says_not)


def test_every_place_that_iso_3166_lists_twice_is_not_covered() -> None:
    for doubled, own in OWN_CODES.items():
        assert own in separate_places(doubled.partition("-")[0])


def test_the_tables_contain_only_codes_of_iso_3166() -> None:
    separate = territory_words._SEPARATE
    assert {each for codes in (separate.keys(), *separate.values()) for each in codes} <= countries()
    assert territory_words._INCLUDED.keys() <= countries()
    assert not set(OWN_CODES.values()) & {each for codes in separate.values() for each in codes}


def test_every_subdivision_has_a_name() -> None:
    for subdivision in pycountry.subdivisions:
        assert name(subdivision.code).startswith(subdivision.name)


def test_parts_are_joined_with_commas_and_and() -> None:
    assert [enumeration(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
