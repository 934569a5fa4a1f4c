"""Turns the world's land, as npm's world-atlas carries it, into a small script for the map.

The outline is what the map draws when there is no tile server, far enough out that its accuracy
(1:50 million) does not matter.
"""

import json
from collections.abc import Iterable
from typing import Any

SCALE = 100  # hundredths of a degree, about a kilometre: what 1:50 million can tell apart

Step = tuple[int, int]


def land_script(topology: dict[str, Any]) -> str:
    """Return JavaScript that sets `parkplaceLand` to the rings of all land.

    A ring is a flat list of whole numbers: hundredths of degrees, longitude before latitude,
    each point as its difference from the one before.

    Args:
        topology: A TopoJSON document with the object `land`
            (https://github.com/topojson/topojson-specification).
    """
    arcs = [_decode(arc, topology["transform"]) for arc in topology["arcs"]]
    rings = [
        ring
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in _polygons(geometry)
        for ring in (_flat(_join(indices, arcs)) for indices in polygon)
        if ring
    ]
    return f"window.parkplaceLand={json.dumps(rings, separators=(',', ':'))};\n"


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    arcs = geometry["arcs"]
    return [arcs] if geometry["type"] == "Polygon" else arcs


def _decode(arc: Iterable[list[int]], transform: dict[str, list[float]]) -> list[Step]:
    """Return an arc's points in our scale; TopoJSON stores them as quantised differences."""
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    x = y = 0
    points: list[Step] = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append(
            (round((x * scale_x + shift_x) * SCALE), round((y * scale_y + shift_y) * SCALE))
        )
    return points


def _join(indices: Iterable[int], arcs: list[list[Step]]) -> list[Step]:
    """Return the points of a ring; a negative index means that arc, backwards."""
    ring: list[Step] = []
    for index in indices:
        points = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(points[1:] if ring else points)
    return ring


def _flat(ring: list[Step]) -> list[int]:
    """Return a ring as differences, without repeated points; nothing when it has no area left."""
    flat: list[int] = []
    last = (0, 0)
    for point in ring:
        if flat and point == last:
            continue
        flat += [point[0] - last[0], point[1] - last[1]]
        last = point
    return flat if len(flat) >= 2 * 4 else []
