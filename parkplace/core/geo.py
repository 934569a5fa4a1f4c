"""Points, boxes and what can be known of a place without asking the network."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import reverse_geocode
import tzfpy
import zipcodes

from parkplace.core.errors import Invalid

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the IUGG
MERCATOR_LIMIT = 85.05112878  # beyond it a square map of the world has no room
AREA_ZOOM = 8
METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344}


class OutsideEarth(Invalid):
    """Raised for coordinates that no place has."""

    code = "outside_earth"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on Earth: latitude -90..90 and longitude -180..180, in degrees (WGS 84)."""

    lat: float
    lng: float

    def __post_init__(self) -> None:
        """Refuse what is no place."""
        if not -90 <= self.lat <= 90:  # noqa: PLR2004 - also refuses NaN
            raise OutsideEarth("Latitude lies between -90 and 90.", field="lat")
        if not -180 <= self.lng <= 180:  # noqa: PLR2004
            raise OutsideEarth("Longitude lies between -180 and 180.", field="lng")


@dataclass(frozen=True, slots=True)
class Box:
    """What a map shows, in degrees; `west > east` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse a box with a corner off the Earth or upside down."""
        Point(lat=self.south, lng=self.west)
        Point(lat=self.north, lng=self.east)
        if self.south > self.north:
            raise OutsideEarth("The south of a box lies below its north.", field="bbox")

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        width = (self.east - self.west) % 360
        lng = (self.west + width / 2 + 180) % 360 - 180
        return Point(lat=(self.south + self.north) / 2, lng=lng)


def distance_m(a: Point, b: Point) -> float:
    """Return the great-circle distance between two points, in metres (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lng = math.radians(b.lng - a.lng) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def tile(point: Point, *, zoom: int) -> tuple[int, int]:
    """Return the web-Mercator tile (x, y) of a point, as map servers count them (EPSG:3857)."""
    tiles = 1 << zoom
    lat = math.radians(max(-MERCATOR_LIMIT, min(MERCATOR_LIMIT, point.lat)))
    x = int((point.lng + 180) / 360 * tiles)
    y = int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * tiles)
    return min(x, tiles - 1), max(0, min(y, tiles - 1))


def area_topic(point: Point) -> str:
    """Return the live topic of the area a point lies in: a tile of about 1° at zoom 8."""
    x, y = tile(point, zoom=AREA_ZOOM)
    return f"area:{x}/{y}"


def area_topics(box: Box, *, most: int = 16) -> list[str]:
    """Return the topics of the areas a box touches, at most `most`; none when it shows more."""
    left, top = tile(Point(lat=box.north, lng=box.west), zoom=AREA_ZOOM)
    right, bottom = tile(Point(lat=box.south, lng=box.east), zoom=AREA_ZOOM)
    columns = (right - left) % (1 << AREA_ZOOM) + 1
    if box.west > box.east and left == right:
        return []  # it goes nearly all the way round and ends in the tile it began in
    if columns * (bottom - top + 1) > most:
        return []
    return [
        f"area:{(left + step) % (1 << AREA_ZOOM)}/{y}"
        for step in range(columns)
        for y in range(top, bottom + 1)
    ]


def zone_at(point: Point) -> str:
    """Return the IANA zone of a point; at sea, the nautical `Etc/GMT…` one."""
    return tzfpy.get_tz(point.lng, point.lat)


def neighbourhood_at(point: Point) -> str:
    """Return the name of the nearest populated place, such as `East Village`."""
    return neighbourhoods_at([point])[0]


def neighbourhoods_at(points: list[Point]) -> list[str]:
    """Return the nearest populated place of each point; one look-up for many."""
    return [place.get("city", "") for place in _places_at(points)]


def country_at(point: Point) -> str:
    """Return the country of the nearest populated place, such as `US` (ISO 3166-1)."""
    return _places_at([point])[0].get("country_code", "")


def _places_at(points: list[Point]) -> list[dict[str, str]]:
    if not points:
        return []
    found = reverse_geocode.search([(point.lat, point.lng) for point in points])
    return cast("list[dict[str, str]]", found)


@lru_cache(maxsize=4096)
def zip_point(code: str) -> tuple[Point, str] | None:
    """Return the point and the name (`New York, NY`) of a US ZIP code, or None."""
    if not (code.isascii() and code.isdigit() and len(code) == 5):  # noqa: PLR2004
        return None
    matches = zipcodes.matching(code)
    if not matches:
        return None
    place = matches[0]
    return (
        Point(lat=float(place["lat"]), lng=float(place["long"])),
        f"{place['city']}, {place['state']} {code}",
    )
