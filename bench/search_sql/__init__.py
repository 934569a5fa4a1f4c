"""The reference for search and pins: SQL by hand, run by pgbench beside the product.

Each script moves its map a little for every run, so that nothing is answered from the run before.
The variables below go to pgbench as `-D name=value`; both `-M simple` and `-M prepared` work.
"""

from pathlib import Path

from parkplace.bookings.circles import Circle
from parkplace.core.geo import Box, Point, tile
from parkplace.core.times import Period
from parkplace.spaces.cells import SHIFT

NEAR = Path(__file__).parent / "near.sql"
PINS = Path(__file__).parent / "pins.sql"
MOVED_M = 1600.0  # how far `near.sql` moves its point at most


def near_variables(*, point: Point, radius_m: float, period: Period) -> dict[str, str]:
    """Return the variables of `near.sql` for a circle that does not touch the date line."""
    circle = Circle(point, radius_m + MOVED_M).given
    level = int(circle["level"])
    edges = {
        name: str(int(circle[given]) >> (SHIFT - level))
        for name, given in (
            ("west", "west_0"),
            ("east", "east_0"),
            ("north", "north"),
            ("south", "south"),
        )
    }
    place = {"lat": str(point.lat), "lng": str(point.lng), "radius": str(radius_m)}
    return {**place, **edges, "level": str(level), **_times(period)}


def pins_variables(*, box: Box, zoom: int, period: Period) -> dict[str, str]:
    """Return the variables of `pins.sql` for a map that does not touch the date line."""
    west, north = tile(Point(lat=box.north, lng=box.west), zoom=SHIFT)
    east, south = tile(Point(lat=box.south, lng=box.east), zoom=SHIFT)
    edges = {"west": west, "east": east, "north": north, "south": south, "shift": SHIFT - zoom - 2}
    return {**{name: str(value) for name, value in edges.items()}, **_times(period)}


def _times(period: Period) -> dict[str, str]:
    return {
        "starts": str(int(period.starts_at.timestamp())),
        "ends": str(int(period.ends_at.timestamp())),
        # Holds of the made data lapsed before its own "now", an hour before any period asked for.
        "now": str(int(period.starts_at.timestamp()) - 3600),
    }
