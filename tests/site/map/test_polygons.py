"""Polygons are cut, unwrapped at the date line, and have a middle with room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.site.map.polygons import clipped, roomiest, split_at_date_line, unwrapped

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
COORDINATE = st.floats(-100, 100, allow_nan=False)


@pytest.mark.parametrize(
    ("axis", "low", "high", "expected"),
    [
        pytest.param(0, -1, 11, SQUARE, id="inside stays whole"),
        pytest.param(0, 20, 30, [], id="outside is gone"),
        pytest.param(0, 4, 6, [(4, 0), (6, 0), (6, 10), (4, 10)], id="cut on both sides"),
        pytest.param(1, 5, 20, [(10, 5), (10, 10), (0, 10), (0, 5)], id="cut across"),
    ],
)
def test_a_polygon_is_cut(axis: int, low: float, high: float, expected: list[tuple[float, float]]) -> None:
    assert set(clipped(SQUARE, axis, low, high)) == set(expected)


@given(st.lists(st.tuples(COORDINATE, COORDINATE), max_size=12))
def test_nothing_is_left_outside_the_bounds(points: list[tuple[float, float]]) -> None:
    assert all(-10 - 1e-9 <= x <= 10 + 1e-9 for x, _ in clipped(points, 0, -10, 10))


def test_the_date_line_is_no_jump() -> None:
    assert unwrapped([(170, 0), (-170, 0), (-160, 1), (179, 1)]) == [(170, 0), (190, 0), (200, 1), (179, 1)]


def test_a_polygon_across_the_date_line_is_one_on_either_side() -> None:
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
            id="inside an L and not in the middle of its box",
        ),
        pytest.param([(7, 8)], (7, 8), id="a point"),
    ],
)
def test_the_roomiest_place_is(points: list[tuple[int, int]], expected: tuple[int, int]) -> None:
    x, y = roomiest(points)
    assert (x, y) == pytest.approx(expected, abs=1)
