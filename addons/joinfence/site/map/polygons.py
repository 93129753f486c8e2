"""Polygons cut by straight lines, and where in one there is room for a word."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

type Point = tuple[float, float]


def clipped(points: list[Point], axis: int, low: float, high: float) -> list[Point]:
    """Return what of a polygon lies between two bounds on an axis (Sutherland and Hodgman 1974).

    `axis` is 0 for x and 1 for y. Pieces that fall apart stay joined by lines along the bounds.
    """
    return _beyond(_beyond(points, axis, low, 1), axis, high, -1)


def _beyond(points: list[Point], axis: int, bound: float, sign: int) -> list[Point]:
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
    """Return longitudes and latitudes without the jump at the date line: longitudes go on beyond 180."""
    shift = 0.0
    whole = [points[0]]
    for before, here in pairwise(points):
        if abs(here[0] - before[0]) > 180:  # noqa: PLR2004 - half way round the world
            shift += 360 if here[0] < before[0] else -360
        whole.append((here[0] + shift, here[1]))
    return whole


def split_at_date_line(points: Sequence[Point]) -> list[tuple[Point, ...]]:
    """Return a polygon as those on either side of the date line, each within 180 degrees of Greenwich."""
    whole = unwrapped(points)
    pieces = []
    for shift in (-360, 0, 360):
        piece = clipped([(x + shift, y) for x, y in whole], 0, -180, 180)
        if piece:
            pieces.append(tuple(piece))
    return pieces


def roomiest(points: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the middle of the widest place around the middle height of a polygon."""
    ys = [y for _, y in points]
    low, high = min(ys), max(ys)
    best, room = points[0], 0.0
    for eighth in (4, 3, 5, 2, 6):
        y = low + (high - low) * eighth / 8 + 0.25  # between whole units: no point lies on the line
        for left, right in _insides(points, y):
            if right - left > room * 1.25:  # nearer to the middle height is worth something
                best, room = (round((left + right) / 2), round(y)), right - left
    return best


def _insides(points: Sequence[tuple[int, int]], y: float) -> Iterator[tuple[float, float]]:
    closed = [*points, points[0]]
    crossings = sorted(
        x1 + (y - y1) / (y2 - y1) * (x2 - x1)
        for (x1, y1), (x2, y2) in pairwise(closed)
        if (y1 < y) != (y2 < y)
    )
    return zip(crossings[::2], crossings[1::2], strict=True)
