"""Polygons: clipping them, splitting them at the date line, and finding a position for a label."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

type Point = tuple[float, float]


def clipped(points: list[Point], axis: int, low: float, high: float) -> list[Point]:
    """Return the part of a polygon between two bounds on an axis (Sutherland and Hodgman 1974).

    `axis` is 0 for x and 1 for y. If the result consists of several pieces, lines along the bounds connect
    them.
    """
    return _clipped_at(_clipped_at(points, axis, low, 1), axis, high, -1)


def _clipped_at(points: list[Point], axis: int, bound: float, sign: int) -> list[Point]:
    kept: list[Point] = []
    for before, here in pairwise([points[-1], *points] if points else []):
        if (sign * (before[axis] - bound) >= 0) != (sign * (here[axis] - bound) >= 0):
            along = (bound - before[axis]) / (here[axis] - before[axis])
            kept.append(
                (before[0] + along * (here[0] - before[0]), before[1] + along * (here[1] - before[1]))
            )
        if sign * (here[axis] - bound) >= 0:
            kept.append(here)
    return kept


def unwrapped(points: Sequence[Point]) -> list[Point]:
    """Return (longitude, latitude) without the jump at the date line: longitudes continue beyond 180."""
    shift = 0.0
    whole = [points[0]]
    for before, here in pairwise(points):
        if abs(here[0] - before[0]) > 180:  # noqa: PLR2004 - half way around the world
            shift += 360 if here[0] < before[0] else -360
        whole.append((here[0] + shift, here[1]))
    return whole


def split_at_date_line(points: Sequence[Point]) -> list[tuple[Point, ...]]:
    """Return the polygons on either side of the date line, with all longitudes from -180 to 180."""
    whole = unwrapped(points)
    pieces = []
    for shift in (-360, 0, 360):
        piece = clipped([(x + shift, y) for x, y in whole], 0, -180, 180)
        if piece:
            pieces.append(tuple(piece))
    return pieces


def label_position(points: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return a position for a label: the middle of a wide part of the polygon, at about half its height.

    Five heights are tried, the middle one first. A wider part further from the middle is used only if it is
    wider by a quarter.
    """
    ys = [y for _, y in points]
    low, high = min(ys), max(ys)
    best, room = points[0], 0.0
    for eighth in (4, 3, 5, 2, 6):
        y = (
            low + (high - low) * eighth / 8 + 0.25
        )  # never a whole number, so no point of the polygon is on the line
        for left, right in _spans_inside(points, y):
            if right - left > room * 1.25:
                best, room = (round((left + right) / 2), round(y)), right - left
    return best


def _spans_inside(points: Sequence[tuple[int, int]], y: float) -> Iterator[tuple[float, float]]:
    closed = [*points, points[0]]
    crossings = sorted(
        x1 + (y - y1) / (y2 - y1) * (x2 - x1)
        for (x1, y1), (x2, y2) in pairwise(closed)
        if (y1 < y) != (y2 < y)
    )
    return zip(crossings[::2], crossings[1::2], strict=True)
