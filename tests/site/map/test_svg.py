"""The map marks what the table says, says so without colour as well, and stays small."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from joinfence.config.yaml.codes import countries
from joinfence.site.map.svg import territory_map

SVG = "{http://www.w3.org/2000/svg}"


def parsed(*territory: str) -> ET.Element:
    svg = territory_map(territory, title="A & B", description="<what>", name="map")
    return ET.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314 - ours


def kinds(svg: ET.Element) -> set[str]:
    return {path.get("class", "") for path in svg.iter(f"{SVG}path")}


def labels(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("territory", "shown", "codes"),
    [
        pytest.param(["DE"], {"land", "whole"}, ["DE"], id="a country"),
        pytest.param(["DE-BY"], {"land", "part"}, ["DE"], id="a part of one is hatched"),
        pytest.param(["DE", "DE-BY"], {"land", "whole"}, ["DE"], id="a country and its part"),
        pytest.param(["DE-BY", "FR"], {"land", "part", "whole"}, ["DE", "FR"], id="both kinds"),
        pytest.param(["HK", "SG"], {"land"}, ["HK", "SG"], id="small ones have a ring around them"),
        pytest.param(["AQ"], {"land"}, [], id="what is not drawn"),
    ],
)
def test_what_is_marked(territory: list[str], shown: set[str], codes: list[str]) -> None:
    svg = parsed(*territory)
    assert kinds(svg) - {"whole"} == shown - {"whole"}
    assert labels(svg) == codes
    assert ("part" in shown) == (svg.find(f"{SVG}pattern") is not None)


def test_a_place_too_small_to_be_seen_has_a_ring_around_it() -> None:
    assert len(list(parsed("HK", "SG").iter(f"{SVG}circle"))) == 2
    assert list(parsed("DE").iter(f"{SVG}circle")) == []


def test_it_has_a_title_and_a_description_for_who_cannot_see_it() -> None:
    svg = parsed("DE")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "map-title map-description"
    assert [(svg[i].get("id"), svg[i].text) for i in (0, 1)] == [
        ("map-title", "A & B"),
        ("map-description", "<what>"),
    ]


@pytest.mark.parametrize("code", [*sorted(countries() - {"AQ"})[::12], "US", "RU", "FJ", "GI", "VA", "XK"])
def test_a_country_is_labelled_and_weighs_little(code: str) -> None:
    svg = territory_map([code], title="", description="", name="map")
    assert f">{code}</text>" in svg
    assert len(svg) < 60_000


def test_the_order_of_the_codes_does_not_matter() -> None:
    forward, backward = (
        territory_map(codes, title="", description="", name="map") for codes in (["DE", "FR"], ["FR", "DE"])
    )
    assert forward == backward
