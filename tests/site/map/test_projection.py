"""The shapes are those of ISO 3166-1, and a view shows what it was asked for."""

from __future__ import annotations

import pycountry
import pytest

from joinfence.engine.territory import OWN_CODES
from joinfence.site.map.projection import shapes, view_of

CODES = {country.alpha_2 for country in pycountry.countries} | {"XK"}


def extent(code: str) -> tuple[float, float, float, float]:
    points = [point for ring in shapes()[code] for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def test_every_country_but_antarctica_has_a_shape_and_nothing_else_has() -> None:
    assert set(shapes()) == CODES - {"AQ"}
    assert all(ring for rings in shapes().values() for ring in rings)
    assert all(-180 <= x <= 180 for rings in shapes().values() for ring in rings for x, _ in ring)


@pytest.mark.parametrize("own", sorted(set(OWN_CODES.values())))
def test_a_place_with_a_code_of_its_own_is_a_shape_of_its_own(own: str) -> None:
    assert shapes()[own]


def test_no_state_is_drawn_over_its_places_with_codes_of_their_own() -> None:
    west, south, east, north = extent("FR")
    assert (west > -6, east < 10, south > 41, north < 52) == (True,) * 4
    assert extent("NO")[3] < 72
    assert extent("NL")[0] > 3
    assert extent("SJ")[1] > 70


def test_the_crimea_is_where_iso_lists_it() -> None:
    points = [point for ring in shapes()["UA"] for point in ring]
    assert any(33 < x < 36 and 44.3 < y < 45.5 for x, y in points)
    assert not any(33 < x < 36.4 and 44.3 < y < 45.5 for ring in shapes()["RU"] for x, y in ring)


@pytest.mark.parametrize("code", sorted(CODES - {"AQ"}))
def test_a_country_lies_within_the_view_of_it(code: str) -> None:
    view = view_of([code], 960)
    for ring in shapes()[code]:
        for x, y in view.ring(ring):
            assert -1 <= x <= 961, code
            assert -1 <= y <= view.height + 1, code


@pytest.mark.parametrize(
    ("codes", "step"),
    [
        pytest.param(["DE"], 1, id="a country"),
        pytest.param(["DE", "PT", "FI"], 1, id="a continent"),
        pytest.param(["FJ"], 1, id="across the date line"),
        pytest.param(["BR", "IN"], 3, id="far apart: the world"),
        pytest.param(["RU"], 3, id="half the world"),
        pytest.param(["AQ"], 3, id="not drawn: the world"),
        pytest.param([], 3, id="nothing: the world"),
    ],
)
def test_a_view_is_of_a_part_or_of_the_world(codes: list[str], step: int) -> None:
    assert view_of(codes, 960).step == step


def test_the_world_is_an_equal_earth() -> None:
    # Šavrič, Patterson and Jenny (2018): the sheet is 2.05 times as wide as high from pole to pole.
    view = view_of([], 1000)
    assert view.project(0, 83.6) == pytest.approx((500, 0), abs=0.01)
    assert view.project(180, 0)[0] == pytest.approx(1000)
    across = view.project(180, 0)[0] - view.project(-180, 0)[0]
    up = view.project(0, -90)[1] - view.project(0, 90)[1]
    assert across / up == pytest.approx(2.0546, abs=0.001)
