"""Writes the shapes for the maps of the public pages, from Natural Earth's countries at 1:50m.

Natural Earth is in the public domain. Its countries come in the npm package world-atlas, as TopoJSON:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/world.py package/countries-50m.json

Natural Earth draws states, but the fence uses ISO 3166 codes: a part with a code of its own is taken out of
its state, and a part that ISO lists under another code is drawn with that code.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any, Final

import pycountry

OUTPUT: Final = Path(__file__).parents[1] / "addons" / "joinfence" / "site" / "world.json"
STEPS: Final = 50  # per degree
TOLERANCE: Final = 0.05  # how far, in degrees, a line may move when points are left out

type Point = tuple[float, float]
type Box = tuple[float, float, float, float]  # west, south, east, north

UNNUMBERED: Final = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Somaliland": "SO",
    "Siachen Glacier": "IN",
    "Indian Ocean Ter.": "CC",
}
APART: Final[dict[str, list[tuple[str, Box]]]] = {
    "FR": [
        ("GF", (-55, 2, -51, 6)),
        ("GP", (-62, 15.8, -61, 16.6)),
        ("MQ", (-61.3, 14.3, -60.7, 15)),
        ("RE", (55, -22, 56, -20)),
        ("YT", (45, -13.2, 45.4, -12.5)),
    ],
    "NO": [("SJ", (-10, 70.5, 35, 81)), ("BV", (3, -55, 4, -54))],
    "NL": [("BQ", (-69, 11.9, -62, 18))],
    "AU": [("CX", (105, -11, 106, -10))],
    "CC": [("CX", (105, -11, 106, -10))],
    "RU": [("UA", (32.4, 44.3, 36.7, 46.3))],  # Crimea and Sevastopol are UA-43 and UA-40
}
TOO_SMALL: Final[dict[str, Point]] = {  # to be drawn at this scale: only their positions
    "BV": (3.4, -54.4),
    "GI": (-5.35, 36.14),
    "TK": (-171.8, -9.2),
    "TV": (179.2, -8.5),
    "UM": (166.6, 19.3),
}
SHORTEST: Final = 3
LEFT_OUT: Final = {"AQ"}  # below every map, and without meetings
NORWAY_NORTH: Final = 71.2  # the mainland ends here; anything wholly north of it is Svalbard


def main() -> None:
    """Write the shapes of the TopoJSON file named as argument."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [simplified(arc) for arc in decoded(topology)]
    shapes: dict[str, list[list[int]]] = {}
    for feature in topology["objects"]["countries"]["geometries"]:
        polygons = feature["arcs"] if feature["type"] == "MultiPolygon" else [feature["arcs"]]
        for outer, *holes in polygons:
            code = code_of(feature, [point for arc in outer for point in arcs[arc if arc >= 0 else ~arc]])
            if code not in LEFT_OUT:
                shapes.setdefault(code, []).extend([outer, *holes])
    written = {
        "source": "Natural Earth 1:50m, public domain; by way of world-atlas 2.0.2",
        "steps": STEPS,
        "arcs": [differences(arc) for arc in arcs],
        "shapes": dict(sorted(shapes.items())),
        "points": {code: [round(x * STEPS), round(y * STEPS)] for code, (x, y) in TOO_SMALL.items()},
    }
    text = json.dumps(written, separators=(",", ":"))
    OUTPUT.write_text(text.replace(',"', ',\n"') + "\n", encoding="utf-8")
    print(f"{OUTPUT}: {len(shapes)} shapes, {sum(map(len, arcs))} points, {len(text) // 1000} KB")


def decoded(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs as longitude and latitude (TopoJSON section 2.1.3: each point is a difference)."""
    (scale_x, scale_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + west, y * scale_y + south))
        arcs.append(points)
    return arcs


def simplified(arc: list[Point]) -> list[Point]:
    """Return an arc with fewer points (Douglas and Peucker 1973). Its ends stay, so borders still meet."""
    if arc[0] == arc[-1] and len(arc) > SHORTEST:
        # A closed arc is cut in two, or nothing would be left of it.
        middle = len(arc) // 2
        return simplified(arc[: middle + 1])[:-1] + simplified(arc[middle:])
    kept = {0, len(arc) - 1}
    parts = [(0, len(arc) - 1)]
    while parts:
        first, last = parts.pop()
        if last == first + 1:
            continue
        far = max(range(first + 1, last), key=lambda i: distance(arc[i], arc[first], arc[last]))
        if distance(arc[far], arc[first], arc[last]) > TOLERANCE:
            kept.add(far)
            parts += [(first, far), (far, last)]
    return [arc[i] for i in sorted(kept)]


def distance(point: Point, start: Point, end: Point) -> float:
    """Return the distance of a point from a line between two others, all in degrees."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
    return math.hypot(x - x1 - along * dx, y - y1 - along * dy)


def code_of(feature: dict[str, Any], points: list[Point]) -> str:
    """Return the ISO 3166-1 code that a polygon belongs to."""
    number = feature.get("id")
    country = pycountry.countries.get(numeric=number) if number else None
    code = country.alpha_2 if country else UNNUMBERED.get(feature["properties"]["name"])
    if code is None:
        message = f"no code for {feature['properties']['name']}"
        raise SystemExit(message)
    for other, (west, south, east, north) in APART.get(code, []):
        if all(west <= x <= east and south <= y <= north for x, y in points):
            if other == "SJ" and min(y for _, y in points) < NORWAY_NORTH and max(x for x, _ in points) > 0:
                continue
            return other
    return code


def differences(arc: list[Point]) -> list[int]:
    """Return an arc as x, y, x, y, ...: the first point, then the step from each point to the next."""
    numbers: list[int] = []
    before = (0, 0)
    for x, y in arc:
        here = (round(x * STEPS), round(y * STEPS))
        if here != before or not numbers:
            numbers += [here[0] - before[0], here[1] - before[1]]
        before = here
    return numbers


if __name__ == "__main__":
    main()
