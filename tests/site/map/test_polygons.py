"""Clipping polygons, splitting them at the date line, and positions for labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.site.map.polygons import clipped, label_position, split_at_date_line, unwrapped

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
COORDINATE = st.floats(-100, 100, allow_nan=False)


@pytest.mark.parametrize(
    ("axis", "low", "high", "expected"),
    [
        pytest.param(0, -1, 11, SQUARE, id="inside the bounds"),
        pytest.param(0, 20, 30, [], id="outside of the bounds"),
        pytest.param(0, 4, 6, [(4, 0), (6, 0), (6, 10), (4, 10)], id="clipped on both sides"),
        pytest.param(1, 5, 20, [(10, 5), (10, 10), (0, 10), (0, 5)], id="clipped on one side"),
    ],
)
def test_a_polygon_is_clipped(
    axis: int, low: float, high: float, expected: list[tuple[float, float]]
) -> None:
    assert set(clipped(SQUARE, axis, low, high)) == set(expected)


@given(st.lists(st.tuples(COORDINATE, COORDINATE), max_size=12))
def test_no_point_is_outside_the_bounds(points: list[tuple[float, float]]) -> None:
    assert all(-10 - 1e-9 <= x <= 10 + 1e-9 for x, _ in clipped(points, 0, -10, 10))


def test_longitudes_continue_beyond_the_date_line() -> None:
    assert unwrapped([(170, 0), (-170, 0), (-160, 1), (179, 1)]) == [(170, 0), (190, 0), (200, 1), (179, 1)]


def test_a_polygon_across_the_date_line_is_split() -> None:
    east, west = split_at_date_line([(175, 0), (-175, 0), (-175, 5), (175, 5)])
    assert {x for x, _ in east} == {-180, -175}
    assert {x for x, _ in west} == {175, 180}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param([(0, 0), (10, 0), (10, 10), (0, 10)], (5, 5), id="the middle of a square"),
        pytest.param(
            [(0, 0), (100, 0), (100, 100), (90, 100), (90, 10), (0, 10)],
            (95, 50),
            id="inside an L, not in the middle of its bounding box",
        ),
        pytest.param([(7, 8)], (7, 8), id="a point"),
    ],
)
def test_the_position_of_a_label(points: list[tuple[int, int]], expected: tuple[int, int]) -> None:
    x, y = label_position(points)
    assert (x, y) == pytest.approx(expected, abs=1)
