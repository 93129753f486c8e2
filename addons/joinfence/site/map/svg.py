"""A map of territories as inline SVG. It shows the same as the table beside it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from joinfence.site.map.polygons import clipped, label_position
from joinfence.site.map.projection import shapes, view_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.site.map.polygons import Point
    from joinfence.site.map.projection import View

_WIDTH: Final = 960
_MARGIN: Final = 20.0
"""Shapes are clipped this far outside of the map, so that the cut edges are not visible."""

_VISIBLE_SIZE: Final = 14.0
"""A shape smaller than this is hard to see and gets a circle around it."""

type GridPoint = tuple[int, int]


def territory_map(territory: Iterable[str], *, title: str, description: str, name: str) -> Markup:
    """Return an <svg> of the territory and its surroundings; equal arguments give an equal result.

    For a subdivision, the whole country is hatched. `name` makes the element ids unique on the page.
    """
    codes = sorted(set(territory))
    whole = {code for code in codes if "-" not in code}
    partly = {code.partition("-")[0] for code in codes} - whole
    view = view_of([*whole, *partly], _WIDTH)
    paths: dict[str, str] = {"land": "", "part": "", "whole": ""}
    labels: list[str] = []
    for code in shapes():
        kind = "whole" if code in whole else "part" if code in partly else "land"
        grid_rings = [_grid_points(view.ring(ring), view) for ring in shapes()[code]]
        paths[kind] += "".join(map(_path, grid_rings))
        if kind != "land":
            labels += _labels(code, [ring for ring in grid_rings if ring])
    drawn = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in paths.items() if path)
    head = (
        f'<svg class="map" viewBox="0 0 {_WIDTH} {round(view.height)}" role="img" '
        f'aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
    )
    hatch = (
        f'<pattern id="{name}-hatch" width="9" height="9" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect class="hatch" width="4.5" height="9"/></pattern>'
        if partly
        else ""
    )
    drawn = drawn.replace('class="part"', f'class="part" fill="url(#{name}-hatch)"')
    return Markup(f"{head}{hatch}{drawn}{''.join(labels)}</svg>")  # noqa: S704 - texts are escaped above


def _grid_points(points: list[Point], view: View) -> list[GridPoint]:
    """Return a ring clipped to the map and snapped to the grid, without repeated points."""
    if len(points) > 1:
        points = clipped(points, 0, -_MARGIN, view.width + _MARGIN)
        points = clipped(points, 1, -_MARGIN, view.height + _MARGIN)
    snapped: list[GridPoint] = []
    for x, y in points:
        point = round(x / view.step) * view.step, round(y / view.step) * view.step
        if not snapped or snapped[-1] != point:
            snapped.append(point)
    return snapped if len(set(snapped)) > 2 or _is_dot(snapped, view) else snapped[:1]  # noqa: PLR2004 - nothing to fill


def _is_dot(ring: list[GridPoint], view: View) -> bool:
    return len(ring) == 1 and 0 <= ring[0][0] <= view.width and 0 <= ring[0][1] <= view.height


def _path(ring: list[GridPoint]) -> str:
    """Return a closed ring as path data in relative coordinates."""
    if len(ring) < 3:  # noqa: PLR2004 - nothing to fill
        return ""
    (x, y), *_ = ring
    steps = " ".join(f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(ring))
    return f"M{x} {y}l{steps}z".replace(" -", "-")


def _labels(code: str, rings: list[list[GridPoint]]) -> list[str]:
    """Return the code of a country as a label on its largest part, with a circle if that is hard to see."""
    if not rings:
        return []
    largest = max(rings, key=_extent)
    x, y = label_position(largest)
    if _extent(largest) >= _VISIBLE_SIZE:
        return [f'<text x="{x}" y="{y}" dy=".35em">{code}</text>']
    beside = f'<text class="beside" x="{x + 18}" y="{y}" dy=".35em">{code}</text>'
    return [f'<circle class="mark" cx="{x}" cy="{y}" r="11"/>', beside]


def _extent(ring: list[GridPoint]) -> int:
    """Return the shorter side of a ring's bounding box."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(max(xs) - min(xs), max(ys) - min(ys))
