"""A map of territories as inline SVG: for whoever would rather look; the table beside it says the same."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from joinfence.site.map.polygons import clipped, roomiest
from joinfence.site.map.projection import shapes, view_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.site.map.polygons import Point
    from joinfence.site.map.projection import View

_WIDTH: Final = 960
_MARGIN: Final = 20.0
"""How far beyond the sheet shapes are kept: their cut edges are never seen."""

_SEEN: Final = 14.0
"""Units below which a shape is too small to be seen, and gets a ring around it."""

type Cell = tuple[int, int]


def territory_map(territory: Iterable[str], *, title: str, description: str, name: str) -> Markup:
    """Return an <svg> with the territory marked and what lies around it, the same for the same input.

    A part of a country is drawn as the whole country, hatched. `name` makes the ids on the page unique.
    """
    codes = sorted(set(territory))
    whole = {code for code in codes if "-" not in code}
    partly = {code.partition("-")[0] for code in codes} - whole
    view = view_of([*whole, *partly], _WIDTH)
    paths: dict[str, str] = {"land": "", "part": "", "whole": ""}
    marks: list[str] = []
    for code in shapes():
        kind = "whole" if code in whole else "part" if code in partly else "land"
        cells = [_cells(view.ring(ring), view) for ring in shapes()[code]]
        paths[kind] += "".join(map(_path, cells))
        if kind != "land":
            marks += _marks(code, [ring for ring in cells if ring])
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
    return Markup(f"{head}{hatch}{drawn}{''.join(marks)}</svg>")  # noqa: S704 - texts are escaped above


def _cells(points: list[Point], view: View) -> list[Cell]:
    """Return a ring in whole units, cut to the sheet; points that fall together are one."""
    if len(points) > 1:
        points = clipped(points, 0, -_MARGIN, view.width + _MARGIN)
        points = clipped(points, 1, -_MARGIN, view.height + _MARGIN)
    cells: list[Cell] = []
    for x, y in points:
        cell = round(x / view.step) * view.step, round(y / view.step) * view.step
        if not cells or cells[-1] != cell:
            cells.append(cell)
    return cells if len(set(cells)) > 2 or _is_dot(cells, view) else cells[:1]  # noqa: PLR2004 - nothing to fill


def _is_dot(cells: list[Cell], view: View) -> bool:
    return len(cells) == 1 and 0 <= cells[0][0] <= view.width and 0 <= cells[0][1] <= view.height


def _path(cells: list[Cell]) -> str:
    """Return a closed ring as path data, each point as the difference from the one before."""
    if len(cells) < 3:  # noqa: PLR2004 - nothing to fill
        return ""
    (x, y), *_ = cells
    steps = " ".join(f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(cells))
    return f"M{x} {y}l{steps}z".replace(" -", "-")


def _marks(code: str, rings: list[list[Cell]]) -> list[str]:
    """Return the code of a marked country on its largest part, with a ring around one that is hardly seen."""
    if not rings:
        return []
    largest = max(rings, key=_extent)
    x, y = roomiest(largest)
    if _extent(largest) >= _SEEN:
        return [f'<text x="{x}" y="{y}" dy=".35em">{code}</text>']
    beside = f'<text class="beside" x="{x + 18}" y="{y}" dy=".35em">{code}</text>'
    return [f'<circle class="mark" cx="{x}" cy="{y}" r="11"/>', beside]


def _extent(ring: list[Cell]) -> int:
    """Return the shorter side of the box around a ring."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(max(xs) - min(xs), max(ys) - min(ys))
