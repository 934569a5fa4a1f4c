"""The reference: the best SQL we know for each measured case, run by pgbench beside the product.

`near.sql` and `pins.sql` move their map a little for every run, so that nothing is answered from
the run before; `hold.sql` runs the statements of a hold, each time for a space of its own. The
variables below go to pgbench as `-D name=value`.
"""

from datetime import datetime, timedelta
from pathlib import Path

from parkplace.bookings.circles import Circle
from parkplace.core.geo import Box, Point, tile
from parkplace.core.times import Period
from parkplace.spaces.cells import SHIFT

FOLDER = Path(__file__).parent
NEAR = FOLDER / "near.sql"
PINS = FOLDER / "pins.sql"
HOLD = FOLDER / "hold.sql"
MOVED_M = 1600.0  # how far `near.sql` moves its point at most
MOVED_DEG = 0.01  # the same in each direction, in degrees; the product's maps move as far


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


def hold_variables(*, period: Period, now: datetime) -> dict[str, str]:
    """Return the variables of `hold.sql`; `bench_targets` has the spaces, numbered."""
    return {
        "starts": str(int(period.starts_at.timestamp())),
        "ends": str(int(period.ends_at.timestamp())),
        "now": str(int(now.timestamp())),
        "until": str(int((now + timedelta(minutes=10)).timestamp())),
        "turn": "0",
    }


def _times(period: Period) -> dict[str, str]:
    return {
        "starts": str(int(period.starts_at.timestamp())),
        "ends": str(int(period.ends_at.timestamp())),
        # Holds of the made data lapsed before its own "now", an hour before any period asked for.
        "now": str(int(period.starts_at.timestamp()) - 3600),
    }
