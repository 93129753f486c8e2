"""What contains what: no place with a code of its own is ever part of another."""

from __future__ import annotations

import pycountry
import pytest

from joinfence.engine.territory import OWN_CODES, contains, covers, place
from joinfence.engine.values import Location

COUNTRIES = sorted(country.alpha_2 for country in pycountry.countries)
SUBDIVISIONS = sorted(subdivision.code for subdivision in pycountry.subdivisions)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("DE", "DE", True),
        ("DE", "DE-BY", True),
        ("DE-BY", "DE-BY", True),
        ("DE-BY", "DE", False),
        ("DE-B", "DE-BE", False),
        ("D", "DE", False),
        ("CN", "HK", False),
        ("CN", "CN-HK", False),
        ("US", "PR", False),
        ("US", "US-PR", False),
        ("US", "US-CA", True),
    ],
)
def test_one_code_contains_another(outer: str, inner: str, expected: bool) -> None:
    assert contains(outer, inner) is expected


def test_a_country_contains_itself_and_its_own_subdivisions_and_nothing_else() -> None:
    for country in COUNTRIES:
        for code in (*COUNTRIES, *SUBDIVISIONS):
            own = code == country or (code.startswith(f"{country}-") and code not in OWN_CODES)
            assert contains(country, code) is own, (country, code)


def test_the_places_with_their_own_code_are_listed_by_iso_both_ways() -> None:
    assert set(OWN_CODES) <= set(SUBDIVISIONS)
    assert set(OWN_CODES.values()) <= set(COUNTRIES)


@pytest.mark.parametrize("doubled", sorted(OWN_CODES))
def test_a_source_that_files_a_place_under_another_country_still_means_the_place(doubled: str) -> None:
    country, _, part = doubled.partition("-")
    found, subdivisions = place(country, (f"{country}-{part}",))
    assert (found, subdivisions) == (OWN_CODES[doubled], ())
    assert not covers((country,), Location(country=found, subdivisions=subdivisions))


@pytest.mark.parametrize(
    ("territory", "location", "expected"),
    [
        pytest.param(("DE",), Location(country="DE"), True, id="country"),
        pytest.param(("DE", "AT"), Location(country="AT"), True, id="one of several"),
        pytest.param(("DE",), Location(country="AT"), False, id="another country"),
        pytest.param(("DE",), Location(country="DE", subdivisions=("DE-BY",)), True, id="inside the country"),
        pytest.param(
            ("DE-BY",), Location(country="DE", subdivisions=("DE-BY",)), True, id="subdivision stated"
        ),
        pytest.param(
            ("DE-BY",), Location(country="DE", subdivisions=("DE-BE",)), False, id="another subdivision"
        ),
        pytest.param(("DE-BY",), Location(country="DE"), False, id="a country alone is not enough"),
    ],
)
def test_a_territory_covers_a_location(
    territory: tuple[str, ...],
    location: Location,
    expected: bool,
) -> None:
    assert covers(territory, location) is expected


def test_a_place_keeps_the_subdivisions_it_is_stated_with() -> None:
    assert place("DE", ("DE-BY", "DE-09")) == ("DE", ("DE-BY", "DE-09"))
