"""Every ISO 3166-1 code has a shape, and a view contains the countries it is for."""

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


def test_exactly_the_countries_except_antarctica_have_a_shape() -> None:
    assert set(shapes()) == CODES - {"AQ"}
    assert all(ring for rings in shapes().values() for ring in rings)
    assert all(-180 <= x <= 180 for rings in shapes().values() for ring in rings for x, _ in ring)


@pytest.mark.parametrize("own", sorted(set(OWN_CODES.values())))
def test_a_place_with_its_own_code_has_its_own_shape(own: str) -> None:
    assert shapes()[own]


def test_the_shape_of_a_country_does_not_include_places_with_their_own_code() -> None:
    west, south, east, north = extent("FR")
    assert (west > -6, east < 10, south > 41, north < 52) == (True,) * 4
    assert extent("NO")[3] < 72
    assert extent("NL")[0] > 3
    assert extent("SJ")[1] > 70


def test_crimea_is_part_of_ukraine_as_in_iso_3166() -> None:
    points = [point for ring in shapes()["UA"] for point in ring]
    assert any(33 < x < 36 and 44.3 < y < 45.5 for x, y in points)
    assert not any(33 < x < 36.4 and 44.3 < y < 45.5 for ring in shapes()["RU"] for x, y in ring)


@pytest.mark.parametrize("code", sorted(CODES - {"AQ"}))
def test_a_country_is_within_its_view(code: str) -> None:
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
        pytest.param(["RU"], 3, id="too wide: the world"),
        pytest.param(["AQ"], 3, id="without a shape: the world"),
        pytest.param([], 3, id="nothing: the world"),
    ],
)
def test_a_view_is_of_a_region_or_of_the_world(codes: list[str], step: int) -> None:
    assert view_of(codes, 960).step == step


def test_the_world_is_in_the_equal_earth_projection() -> None:
    # Šavrič, Patterson and Jenny (2018): a map from pole to pole is 2.05 times as wide as high.
    view = view_of([], 1000)
    assert view.project(0, 83.6) == pytest.approx((500, 0), abs=0.01)
    assert view.project(180, 0)[0] == pytest.approx(1000)
    across = view.project(180, 0)[0] - view.project(-180, 0)[0]
    up = view.project(0, -90)[1] - view.project(0, 90)[1]
    assert across / up == pytest.approx(2.0546, abs=0.001)
