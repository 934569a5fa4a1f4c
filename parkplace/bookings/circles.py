"""Circles on the Earth, as stretches of the map's tiles."""

import math

from parkplace.core.geo import Point, tile
from parkplace.spaces import cells

# The shortest degree of latitude, at the equator; with it a circle is never drawn too small.
DEGREE_M = 110_574.0
EDGE = 180.0


class Circle:
    """A circle on the map, and the tiles at zoom 30 that cover it.

    Attributes:
        stretches: How many stretches of columns these are: one, or two at the date line.
        given: The parameters of `search_sql`: `west_0`, `east_0`, `west_1` … and the circle itself.
    """

    def __init__(self, point: Point, radius_m: float) -> None:
        self.point, self.radius_m = point, radius_m
        up = radius_m / DEGREE_M
        north, south = min(90.0, point.lat + up), max(-90.0, point.lat - up)
        narrowest = math.cos(math.radians(max(abs(north), abs(south))))
        # A circle around a pole touches every meridian.
        aside = up / narrowest if up < EDGE * narrowest else EDGE
        west, east = point.lng - aside, point.lng + aside
        columns = [(max(-EDGE, west), min(EDGE, east))]
        if west < -EDGE:
            columns.append((west + 2 * EDGE, EDGE))
        elif east > EDGE:
            columns.append((-EDGE, east - 2 * EDGE))
        self.stretches = len(columns)
        self.given: dict[str, float] = {
            "lat": point.lat,
            "lng": point.lng,
            "radius": radius_m,
            "level": self._level(),
            "north": _tile(north, 0)[1],
            "south": _tile(south, 0)[1],
        }
        for number, (left, right) in enumerate(columns):
            self.given[f"west_{number}"] = _tile(0, left)[0]
            self.given[f"east_{number}"] = _tile(0, right)[0]

    def _level(self) -> int:
        """Return the coarsest counted zoom whose tiles are at most half as wide as the circle."""
        around_m = 2 * EDGE * DEGREE_M * math.cos(math.radians(self.point.lat))
        enough = (zoom for zoom in cells.ZOOMS if around_m / (1 << zoom) <= self.radius_m / 2)
        return next(enough, cells.ZOOMS[-1])


def _tile(lat: float, lng: float) -> tuple[int, int]:
    return tile(Point(lat=lat, lng=lng), zoom=cells.SHIFT)
