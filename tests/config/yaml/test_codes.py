from __future__ import annotations

import pytest

from joinfence.config.yaml import codes
from joinfence.engine.territory import OWN_CODES


def test_countries_are_iso_3166_1_and_kosovo() -> None:
    assert {"DE", "HK", "PR", "XK"} <= codes.countries()
    assert not {"UK", "EU", "YU", "XX"} & codes.countries()


def test_subdivisions_exclude_places_with_their_own_country_code() -> None:
    assert "DE-BY" in codes.subdivisions()
    assert not codes.subdivisions() & OWN_CODES.keys()


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("CN-HK", "write HK"),
        ("UK", "write GB"),
        ("gb", "write GB"),
        ("YU", "a retired code: write the code of the state that exists today"),
        ("XX", None),
    ],
)
def test_a_hint_says_what_to_write_instead(code: str, hint: str | None) -> None:
    assert codes.territory_hint(code) == hint
