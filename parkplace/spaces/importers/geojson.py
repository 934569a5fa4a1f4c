"""GeoJSON (RFC 7946): the features of a file and the one point a shape stands for."""

import json
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from parkplace.core.geo import Point
from parkplace.spaces.importers.rows import BadValue, UnreadableFile

Ring: TypeAlias = Sequence[tuple[float, float]]


def features(text: str) -> list[object]:
    """Return the features of a `FeatureCollection`.

    Raises:
        UnreadableFile: It is not JSON, or not a feature collection.
    """
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            f"The file is not whole: its JSON breaks at line {error.lineno}, "
            f"column {error.colno}. Fetch it again."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("The file's JSON holds what no map has. Fetch it again.") from error
    found = cast("dict[str, object]", document) if isinstance(document, dict) else {}
    members = found.get("features")
    if not isinstance(members, list):
        raise UnreadableFile('The file has no list of "features", as GeoJSON does.')
    return cast("list[object]", members)


def as_object(value: object, *, name: str) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        BadValue: It is something else.
    """
    if not isinstance(value, dict):
        raise BadValue(f"{name} is missing.")
    return cast("dict[str, Any]", value)


def place(geometry: object) -> Point:
    """Return the point of a shape: itself, or the centre of gravity of one or more polygons.

    Raises:
        BadValue: It is another kind of shape, or broken.
        OutsideEarth: It lies beyond ±90 and ±180.
    """
    shape = as_object(geometry, name="The geometry")
    kind, coordinates = shape.get("type"), shape.get("coordinates")
    if kind == "Point":
        lng, lat = _pair(coordinates)
        return Point(lat=lat, lng=lng)
    if kind == "Polygon":
        return _centre([_rings(coordinates)])
    if kind == "MultiPolygon":
        return _centre([_rings(polygon) for polygon in _list(coordinates)])
    raise BadValue(f"The geometry is a {kind}; a space is a Point, Polygon or MultiPolygon.")


def line(geometry: object) -> list[tuple[float, float]]:
    """Return the (longitude, latitude) pairs of a `LineString`.

    Raises:
        BadValue: It is another kind of shape, or broken.
        OutsideEarth: It lies beyond ±90 and ±180.
    """
    shape = as_object(geometry, name="The geometry")
    if shape.get("type") != "LineString":
        raise BadValue(f"The geometry is a {shape.get('type')}; a street is a LineString.")
    pairs = [_pair(member) for member in _list(shape.get("coordinates"))]
    if len(set(pairs)) < 2:  # noqa: PLR2004 - what makes a line one
        raise BadValue("The line has fewer than two points.")
    return pairs


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or not value:
        raise BadValue("The geometry has no coordinates.")
    return cast("list[object]", value)


def _pair(value: object) -> tuple[float, float]:
    members = _list(value)
    if len(members) not in {2, 3}:  # a third one is the height
        raise BadValue("The geometry has coordinates that are no pair of numbers.")
    lng, lat = members[:2]
    if not isinstance(lng, int | float) or not isinstance(lat, int | float):
        raise BadValue("The geometry has coordinates that are no pair of numbers.")
    Point(lat=lat, lng=lng)
    return float(lng), float(lat)


def _rings(coordinates: object) -> list[Ring]:
    return [[_pair(pair) for pair in _list(ring)] for ring in _list(coordinates)]


def _centre(polygons: list[list[Ring]]) -> Point:
    """Weigh the centres of the rings by their areas (the shoelace formula), holes negative.

    Everything is measured from the first corner: the products of full coordinates would lose
    the last metres of a car park in the float's rounding.
    """
    x0, y0 = polygons[0][0][0]
    area = moment_x = moment_y = 0.0
    for rings in polygons:
        for order, ring in enumerate(rings):
            doubled, x, y = _shoelace([(x - x0, y - y0) for x, y in ring])
            sign = -1 if (order > 0) == (doubled > 0) else 1
            area += sign * doubled
            moment_x += sign * x
            moment_y += sign * y
    xs, ys = zip(*(corner for rings in polygons for corner in rings[0]), strict=True)
    lng, lat = sum(xs) / len(xs), sum(ys) / len(ys)
    if area > 0:
        lng, lat = x0 + moment_x / (3 * area), y0 + moment_y / (3 * area)
    # A shape drawn across itself has hardly an area, and its centre flies off.
    return Point(lat=min(max(lat, min(ys)), max(ys)), lng=min(max(lng, min(xs)), max(xs)))


def _shoelace(ring: Ring) -> tuple[float, float, float]:
    """Return twice the signed area of a ring, and six times its moments in x and y."""
    doubled = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        doubled += cross
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return doubled, x, y
