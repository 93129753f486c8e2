"""The shapes of all countries, and the projection of the part of the world that a map shows.

There are two kinds of map. A region that is small enough is shown with an equirectangular projection, which
is true to scale at the middle of the map. Anything larger is shown on a map of the world in the Equal Earth
projection, which keeps the areas of countries comparable.

Longitudes are circular. To find the region around a set of points, the largest gap between neighbouring
longitudes is left out, so a region may extend across the date line. Each ring is then drawn on the side of
the date line that is nearer to the middle of the map.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from joinfence.site.map.polygons import split_at_date_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from joinfence.site.map.polygons import Point

type Ring = tuple[Point, ...]

_MAX_REGION_WIDTH: Final = 100.0
"""Above this width, in degrees of longitude, a map shows the whole world."""

_MIN_REGION_HEIGHT: Final = 16.0
"""Least height of a region in degrees of latitude, so that enough of the surroundings is visible."""

_ASPECT: Final = 1.5
_WORLD_NORTH, _WORLD_SOUTH = 83.6, -56.0


@cache
def shapes() -> Mapping[str, tuple[Ring, ...]]:
    """Return ISO 3166-1 code -> rings of (longitude, latitude) in degrees.

    A ring inside another one is a hole; a ring with a single point is a place too small to have a shape.
    The data is from Natural Earth, 1:50m, public domain, as written by `scripts/world.py`.
    """
    data = json.loads((files("joinfence.site") / "world.json").read_text("utf-8"))
    steps = data["steps"]
    arcs = [_absolute(arc, steps) for arc in data["arcs"]]
    drawn = {
        code: tuple(piece for ring in rings for piece in split_at_date_line(_ring(ring, arcs)))
        for code, rings in data["shapes"].items()
    }
    dots: dict[str, tuple[Ring, ...]] = {
        code: (((x / steps, y / steps),),) for code, (x, y) in data["points"].items()
    }
    return dict(sorted({**drawn, **dots}.items()))


def _absolute(arc: list[int], steps: int) -> list[Point]:
    x = y = 0
    points = []
    for dx, dy in zip(arc[::2], arc[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x / steps, y / steps))
    return points


def _ring(numbers: list[int], arcs: list[list[Point]]) -> Ring:
    """Return the points of consecutive arcs (TopoJSON section 2.1.4; ~n is arc n in reverse)."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:]
    return tuple(points or arcs[max(numbers[0], ~numbers[0])])


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The part of the world on a map. `project` converts degrees to units from the upper left corner.

    `step` is the resolution of the drawing in units; it is coarser for the world than for a region.
    """

    width: float
    height: float
    centre: float
    step: int
    project: Callable[[float, float], Point]

    def ring(self, ring: Ring) -> list[Point]:
        """Return a ring in units, on the side of the date line that is nearer to the centre of the map."""
        middle = sum(x for x, _ in ring) / len(ring)
        shift = 360 * round((self.centre - middle) / 360)
        return [self.project(x + shift, y) for x, y in ring]


def view_of(codes: Iterable[str], width: float) -> View:
    """Return the view of all these countries: the world if they are far apart or none has a shape."""
    points = [point for code in codes for ring in shapes().get(code, ()) for point in ring]
    if not points:
        return _world(width)
    west, east = _narrowest_span([x for x, _ in points])
    south, north = min(y for _, y in points), max(y for _, y in points)
    if east - west > _MAX_REGION_WIDTH or north - south > _MAX_REGION_WIDTH / 2:
        return _world(width)
    return _region((west + east) / 2, (south + north) / 2, east - west, north - south, width)


def _narrowest_span(longitudes: list[float]) -> tuple[float, float]:
    """Return west and east of the narrowest span of all longitudes, which may cross the date line."""
    ordered = sorted(set(longitudes))
    gaps = [(b - a, b) for a, b in pairwise(ordered)]
    gap, west = max([*gaps, (ordered[0] + 360 - ordered[-1], ordered[0])])
    return west, west + 360 - gap


def _region(longitude: float, latitude: float, across: float, up: float, width: float) -> View:
    """Return an equirectangular view with the standard parallel in the middle; `across`, `up` are degrees."""
    shrink = max(0.2, math.cos(math.radians(latitude)))
    degrees_up = max(_MIN_REGION_HEIGHT, 1.5 * up, 1.5 * across * shrink / _ASPECT)
    height = width / _ASPECT
    scale = height / degrees_up

    def project(x: float, y: float) -> Point:
        return (x - longitude) * shrink * scale + width / 2, (latitude - y) * scale + height / 2

    return View(width=width, height=height, centre=longitude, step=1, project=project)


def _world(width: float) -> View:
    """Return the view of the world without Antarctica (Equal Earth: Šavrič, Patterson and Jenny 2018)."""
    scale = width / (2 * _equal_earth(180, 0)[0])
    top, bottom = _equal_earth(0, _WORLD_NORTH)[1], _equal_earth(0, _WORLD_SOUTH)[1]

    def project(x: float, y: float) -> Point:
        east, north = _equal_earth(x, y)
        return width / 2 + east * scale, (top - north) * scale

    return View(width=width, height=(top - bottom) * scale, centre=0, step=3, project=project)


_EQUAL_EARTH_COEFFICIENTS: Final = (1.340264, -0.081106, 0.000893, 0.003796)


def _equal_earth(longitude: float, latitude: float) -> Point:
    a1, a2, a3, a4 = _EQUAL_EARTH_COEFFICIENTS
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    t2, t6 = t * t, t**6
    slope = 9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(t) / (3 * slope)
    return x, t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))
