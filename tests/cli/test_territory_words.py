"""What people may take for covered is said to be not, from ISO 3166 itself."""

from __future__ import annotations

import pycountry
import pytest

from joinfence.cli import territory_words
from joinfence.cli.territory_words import covered, enumeration, name, not_covered, places_apart
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
                "Hong Kong SAR China, Macao SAR China and Taiwan, which have codes of their own",
                "everywhere else",
            ],
        ),
        (
            ["CN", "TW"],
            ["China (CN)", "Taiwan (TW)"],
            ["Hong Kong SAR China and Macao SAR China, which have codes of their own", "everywhere else"],
        ),
        (["FI"], ["Finland (FI)"], ["Åland Islands, which has a code of its own", "everywhere else"]),
        (
            ["DE-BY"],
            ["Bayern in Germany (DE-BY)"],
            [
                "the rest of Germany, and whoever is only known to be in Germany: Bayern in Germany (DE-BY) is covered "
                "where a location source states it",
                "everywhere else",
            ],
        ),
    ],
)
def test_a_territory_in_words(codes: list[str], says: list[str], says_not: list[str]) -> None:
    assert (covered(codes), not_covered(codes)) == (says, says_not)


def test_every_place_with_a_code_of_its_own_that_iso_lists_twice_is_said_not_to_be_covered() -> None:
    for doubled, own in OWN_CODES.items():
        assert own in places_apart(doubled.partition("-")[0])


def test_the_tables_name_places_that_iso_3166_has() -> None:
    apart = territory_words._APART
    assert {each for codes in (apart.keys(), *apart.values()) for each in codes} <= countries()
    assert territory_words._WITH.keys() <= countries()
    assert not set(OWN_CODES.values()) & {each for codes in apart.values() for each in codes}


def test_every_subdivision_has_a_name() -> None:
    for subdivision in pycountry.subdivisions:
        assert name(subdivision.code).startswith(subdivision.name)


def test_an_enumeration() -> None:
    assert [enumeration(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
