"""What a map shows, from its middle, its zoom and its size on the screen (web Mercator)."""

import math
from dataclasses import dataclass

from parkplace.bookings.search import RADIUS_MOST_M
from parkplace.core.errors import Invalid
from parkplace.core.geo import MERCATOR_LIMIT, Box, Point, distance_m
from parkplace.web.map.document import CLOSEST_ZOOM, WORLD_ZOOM

TILE_PX = 256
LARGEST_PX = 4096.0
# Leaflet rounds to whole pixels when it moves.
SAME_PX = 3.0


@dataclass(frozen=True, slots=True)
class Size:
    """How large a map is, in CSS pixels."""

    width: float
    height: float


# What a map is taken for until it says how large it is.
DESK, PHONE = Size(820, 728), Size(380, 440)


@dataclass(frozen=True, slots=True)
class View:
    """Where a map looks: its middle and its zoom."""

    centre: Point
    zoom: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A view, and the box that is seen there."""

    view: View
    box: Box


def shown(view: View, size: Size) -> Shown:
    """Return what a map of a size shows of a view."""
    world = _world(view.zoom)
    _, y = pixels(view.centre, view.zoom)
    top, bottom = y - size.height / 2, y + size.height / 2
    half = size.width / world * 180
    whole = half >= 180  # noqa: PLR2004 - degrees
    box = Box(
        west=-180.0 if whole else _turned(view.centre.lng - half),
        south=_latitude(bottom / world),
        east=180.0 if whole else _turned(view.centre.lng + half),
        north=_latitude(top / world),
    )
    return Shown(view, box)


def claimed(box: object, centre: object, zoom: object) -> Shown | None:
    """Return what a browser says its map shows; None when no map can show that."""
    if not isinstance(box, dict) or not isinstance(centre, dict):
        return None
    try:
        view = view_of(centre.get("lat"), centre.get("lng"), zoom)
        edges = [_degrees(box.get(edge)) for edge in ("west", "south", "east", "north")]
        return None if view is None else Shown(view, Box(*edges))
    except (Invalid, TypeError):
        return None


def view_of(lat: object, lng: object, zoom: object) -> View | None:
    """Return a view, when its parts are numbers that make one."""
    if not isinstance(zoom, int) or not WORLD_ZOOM <= zoom <= CLOSEST_ZOOM:
        return None
    try:
        return View(Point(lat=_degrees(lat), lng=_degrees(lng)), zoom)
    except (Invalid, TypeError):
        return None


def pixels(point: Point, zoom: int) -> tuple[float, float]:
    """Return where a point lies on the whole map, in pixels from its north-west corner."""
    world = _world(zoom)
    lat = math.radians(max(-MERCATOR_LIMIT, min(MERCATOR_LIMIT, point.lat)))
    return (
        (point.lng + 180) / 360 * world,
        (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * world,
    )


def size_of(what: Shown) -> Size:
    """Return how large the map is that shows this; bounded, as browsers may say anything."""
    _, top = pixels(Point(lat=what.box.north, lng=0), what.view.zoom)
    _, bottom = pixels(Point(lat=what.box.south, lng=0), what.view.zoom)
    width = _width(what.box) / 360 * _world(what.view.zoom)
    return Size(_bounded(width), _bounded(bottom - top))


def same_view(one: View, other: View) -> bool:
    """Whether two views are the same, but for rounding to pixels."""
    if one.zoom != other.zoom:
        return False
    (x, y), (other_x, other_y) = pixels(one.centre, one.zoom), pixels(other.centre, other.zoom)
    aside = abs(x - other_x)
    aside = min(aside, _world(one.zoom) - aside)
    return max(aside, abs(y - other_y)) <= SAME_PX


def same_size(one: Size, other: Size) -> bool:
    """Whether two maps are equally large, but for rounding to pixels."""
    return max(abs(one.width - other.width), abs(one.height - other.height)) <= SAME_PX


def inside(box: Box, point: Point) -> bool:
    """Whether a point lies in a box; the box may cross the antimeridian."""
    east_of = (point.lng - box.west) % 360
    return box.south <= point.lat <= box.north and east_of <= _width(box)


def reach(point: Point, box: Box) -> float:
    """Return how far the furthest corner of a box is from a point, in metres.

    At most what a search reaches; a box wider than that is not searched to its edges.
    """
    corners = [Point(lat=lat, lng=lng) for lat in (box.south, box.north)
               for lng in (box.west, box.east)]  # fmt: skip
    # Of a box around a third of the world the corners may be nearer than the edges.
    if _width(box) >= 120 or box.north - box.south >= 60:  # noqa: PLR2004 - degrees
        return RADIUS_MOST_M
    # A little further: the database measures on the ellipsoid.
    furthest = 1.01 * max(distance_m(point, corner) for corner in corners)
    return min(RADIUS_MOST_M, furthest)


def _world(zoom: int) -> float:
    return float(TILE_PX << zoom)


def _latitude(part: float) -> float:
    """Return the latitude of a height on the square map, from 0 (north) to 1."""
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * max(0.0, min(1.0, part))))))
    return max(-MERCATOR_LIMIT, min(MERCATOR_LIMIT, lat))


def _width(box: Box) -> float:
    return box.east - box.west if box.east >= box.west else box.east - box.west + 360


def _turned(lng: float) -> float:
    return (lng + 180) % 360 - 180


def _bounded(pixels: float) -> float:
    return max(1.0, min(LARGEST_PX, pixels))


def _degrees(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError("not a number")
    return float(value) if abs(value) <= 360 else math.nan  # noqa: PLR2004
