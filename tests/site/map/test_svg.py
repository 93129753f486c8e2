"""The map marks the territory, not by colour alone, and is small."""

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
        pytest.param(["DE-BY"], {"land", "part"}, ["DE"], id="a subdivision: its country is hatched"),
        pytest.param(["DE", "DE-BY"], {"land", "whole"}, ["DE"], id="a country and its subdivision"),
        pytest.param(["DE-BY", "FR"], {"land", "part", "whole"}, ["DE", "FR"], id="both kinds"),
        pytest.param(["HK", "SG"], {"land"}, ["HK", "SG"], id="countries that are hard to see"),
        pytest.param(["AQ"], {"land"}, [], id="a country without a shape"),
    ],
)
def test_the_territory_is_marked_and_labelled(
    territory: list[str], shown: set[str], codes: list[str]
) -> None:
    svg = parsed(*territory)
    assert kinds(svg) - {"whole"} == shown - {"whole"}
    assert labels(svg) == codes
    assert ("part" in shown) == (svg.find(f"{SVG}pattern") is not None)


def test_a_country_that_is_hard_to_see_has_a_circle_around_it() -> None:
    assert len(list(parsed("HK", "SG").iter(f"{SVG}circle"))) == 2
    assert list(parsed("DE").iter(f"{SVG}circle")) == []


def test_the_map_has_a_title_and_a_description_for_screen_readers() -> None:
    svg = parsed("DE")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "map-title map-description"
    assert [(svg[i].get("id"), svg[i].text) for i in (0, 1)] == [
        ("map-title", "A & B"),
        ("map-description", "<what>"),
    ]


@pytest.mark.parametrize("code", [*sorted(countries() - {"AQ"})[::12], "US", "RU", "FJ", "GI", "VA", "XK"])
def test_a_country_is_labelled_and_the_map_is_small(code: str) -> None:
    svg = territory_map([code], title="", description="", name="map")
    assert f">{code}</text>" in svg
    assert len(svg) < 60_000


def test_the_order_of_the_codes_does_not_matter() -> None:
    forward, backward = (
        territory_map(codes, title="", description="", name="map") for codes in (["DE", "FR"], ["FR", "DE"])
    )
    assert forward == backward
