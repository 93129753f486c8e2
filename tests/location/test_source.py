from __future__ import annotations

import pytest

from joinfence.location.source import Place, place_of


@pytest.mark.parametrize(
    ("country", "subdivisions", "place"),
    [
        ("DE", (), Place("DE")),
        ("de", ("BY",), Place("DE", ("DE-BY",))),
        ("FR", ("971",), Place("GP")),
        ("CN", ("HK",), Place("HK")),
        ("DE", (None, "", 7, "BE"), Place("DE", ("DE-BE",))),
        ("EU", (), None),
        ("AP", (), None),
        ("ZZ", (), None),
        ("Germany", (), None),
        ("D1", (), None),
        ("ÄÖ", (), None),
        (None, (), None),
        ({}, (), None),
    ],
)
def test_the_codes_of_a_source_mean_a_place_or_none(
    country: object, subdivisions: tuple[object, ...], place: object
) -> None:
    assert place_of(country, subdivisions) == place
