"""Which code contains which: a place with its own code is never part of another country."""

from __future__ import annotations

from itertools import product

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.territory import OWN_CODES, contains, covers, resolve_own_code
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
def test_which_code_contains_which(outer: str, inner: str, expected: bool) -> None:
    assert contains(outer, inner) is expected


def test_a_country_contains_itself_and_its_own_subdivisions_and_nothing_else() -> None:
    for country in COUNTRIES:
        for code in (*COUNTRIES, *SUBDIVISIONS):
            own = code == country or (code.startswith(f"{country}-") and code not in OWN_CODES)
            assert contains(country, code) is own, (country, code)


def test_every_own_code_is_a_subdivision_and_a_country_in_iso_3166() -> None:
    assert set(OWN_CODES) <= set(SUBDIVISIONS)
    assert set(OWN_CODES.values()) <= {*COUNTRIES, "XK"}


def test_an_order_for_a_country_covers_no_other_country() -> None:
    for country, other in product(COUNTRIES, COUNTRIES):
        assert covers((country,), Location(country=other)) is (country == other)


@pytest.mark.parametrize(
    ("country", "places"),
    [
        ("CN", {"HK", "MO", "TW"}),
        ("US", {"PR", "GU", "VI", "AS", "MP", "UM"}),
        ("FR", {"GP", "MQ", "GF", "RE", "YT", "BL", "MF", "NC", "PF", "PM", "TF", "WF"}),
        ("NL", {"AW", "CW", "SX", "BQ"}),
        ("FI", {"AX"}),
        ("NO", {"SJ"}),
        ("GB", {"GG", "JE", "IM", "GI", "BM", "FK"}),
        ("DK", {"GL", "FO"}),
    ],
)
def test_places_that_people_may_think_belong_to_a_country_do_not(country: str, places: set[str]) -> None:
    listed = {own for doubled, own in OWN_CODES.items() if doubled.startswith(f"{country}-")}
    assert listed == (set() if country in {"GB", "DK"} else places)
    for own in places:
        stated = [*(each for each in SUBDIVISIONS if each.startswith(f"{country}-")), country]
        assert not covers((country,), Location(country=own))
        assert not any(covers((code,), Location(country=own)) for code in stated)
        assert not covers((own,), Location(country=country, subdivisions=tuple(stated)))


@given(st.sampled_from(SUBDIVISIONS), st.sampled_from(COUNTRIES))
def test_an_order_for_a_subdivision_does_not_cover_a_location_that_states_only_the_country(
    subdivision: str, country: str
) -> None:
    assert not covers((subdivision,), Location(country=country))
    assert not covers((subdivision,), Location(country=subdivision.partition("-")[0]))


@pytest.mark.parametrize("doubled", sorted(OWN_CODES))
def test_a_place_listed_under_another_country_is_located_as_itself(doubled: str) -> None:
    country, _, part = doubled.partition("-")
    found, subdivisions = resolve_own_code(country, (f"{country}-{part}",))
    assert (found, subdivisions) == (OWN_CODES[doubled], ())
    assert not covers((country,), Location(country=found, subdivisions=subdivisions))


@pytest.mark.parametrize(
    ("territory", "location", "expected"),
    [
        pytest.param(("DE",), Location(country="DE"), True, id="country"),
        pytest.param(("DE", "AT"), Location(country="AT"), True, id="one of several"),
        pytest.param(("DE",), Location(country="AT"), False, id="another country"),
        pytest.param(
            ("DE",), Location(country="DE", subdivisions=("DE-BY",)), True, id="a subdivision of the country"
        ),
        pytest.param(
            ("DE-BY",),
            Location(country="DE", subdivisions=("DE-BY",)),
            True,
            id="the location states the subdivision",
        ),
        pytest.param(
            ("DE-BY",), Location(country="DE", subdivisions=("DE-BE",)), False, id="another subdivision"
        ),
        pytest.param(("DE-BY",), Location(country="DE"), False, id="the location states only the country"),
    ],
)
def test_a_territory_covers_a_location(
    territory: tuple[str, ...],
    location: Location,
    expected: bool,
) -> None:
    assert covers(territory, location) is expected


def test_subdivisions_without_an_own_code_are_kept() -> None:
    assert resolve_own_code("DE", ("DE-BY", "DE-09")) == ("DE", ("DE-BY", "DE-09"))
