"""Counted cells: how many published spaces each tile of the map holds.

Triggers on `spaces` write each change as rows of `space_cells` (see the model); whoever reads adds
them up, so a count is right at once and nobody who lists a space waits for anybody else.
"""

from dataclasses import dataclass

from sqlmodel import Session

from parkplace.core.db import sql
from parkplace.core.geo import Box, Point, tile

ZOOMS = (4, 6, 8, 10, 12, 14, 16)
SHIFT = 30  # of `spaces.tile_x` and `tile_y`
_ACROSS = 64

_FOLD = """
    WITH split AS (
        SELECT zoom, x, y FROM space_cells GROUP BY zoom, x, y
        HAVING count(*) > 1 OR sum(spaces) = 0
    ), gone AS (
        DELETE FROM space_cells AS cell USING split
        WHERE (cell.zoom, cell.x, cell.y) = (split.zoom, split.x, split.y)
        RETURNING cell.*
    )
    INSERT INTO space_cells (zoom, x, y, spaces, sum_lat, sum_lng)
    SELECT zoom, x, y, sum(spaces), sum(sum_lat), sum(sum_lng) FROM gone
    GROUP BY zoom, x, y HAVING sum(spaces) <> 0
"""
_LISTED = """
    SELECT CAST(coalesce(sum(spaces), 0) AS integer) FROM space_cells WHERE zoom = :level
    AND x BETWEEN :west >> (30 - :level) AND :east >> (30 - :level)
    AND y BETWEEN :north >> (30 - :level) AND :south >> (30 - :level)
"""
_CELLS = """
    SELECT x >> :coarser AS x, y >> :coarser AS y, sum(spaces) AS spaces,
        sum(sum_lat) / 1e7 / sum(spaces) AS lat, sum(sum_lng) / 1e7 / sum(spaces) AS lng
    FROM space_cells WHERE zoom = :level
    AND x BETWEEN :west >> (30 - :level) AND :east >> (30 - :level)
    AND y BETWEEN :north >> (30 - :level) AND :south >> (30 - :level)
    GROUP BY 1, 2 HAVING sum(spaces) > 0
"""
# The middle of a large town may be a river: its busiest quarter is shown.
_BUSIEST = """
    WITH town AS (
        SELECT x, y FROM space_cells WHERE zoom = 10
        GROUP BY x, y HAVING sum(spaces) > 0 ORDER BY sum(spaces) DESC, x, y LIMIT 1
    )
    SELECT sum(sum_lat) / 1e7 / sum(spaces) AS lat, sum(sum_lng) / 1e7 / sum(spaces) AS lng
    FROM town JOIN space_cells quarter ON quarter.zoom = 14
        AND quarter.x BETWEEN town.x << 4 AND (town.x << 4) + 15
        AND quarter.y BETWEEN town.y << 4 AND (town.y << 4) + 15
    GROUP BY quarter.x, quarter.y HAVING sum(spaces) > 0
    ORDER BY sum(spaces) DESC, quarter.x, quarter.y LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A stretch of the map in web-Mercator tiles at zoom 30, both ends included."""

    west: int
    east: int
    north: int
    south: int


@dataclass(frozen=True, slots=True)
class Cell:
    """How many published spaces lie in a tile, and the middle of them, in degrees."""

    x: int
    y: int
    spaces: int
    lat: float
    lng: float


def tiles_of(box: Box) -> list[Tiles]:
    """Return a box in tiles: one stretch of the map, or two at the date line."""
    west, north = tile(Point(lat=box.north, lng=box.west), zoom=SHIFT)
    east, south = tile(Point(lat=box.south, lng=box.east), zoom=SHIFT)
    if box.west <= box.east:
        return [Tiles(west, east, north, south)]
    return [Tiles(west, (1 << SHIFT) - 1, north, south), Tiles(0, east, north, south)]


def listed(session: Session, *, box: Box) -> int:
    """Return how many spaces are published in a box, or a little more: in the tiles it touches."""
    stretches = tiles_of(box)
    across = max(max(t.east - t.west, t.south - t.north) for t in stretches)
    # The finest counted tiles of which a box is not more than 64 wide.
    level = max(zoom for zoom in ZOOMS if zoom == ZOOMS[0] or across >> (SHIFT - zoom) < _ACROSS)
    return sum(
        sql(
            session,
            _LISTED,
            level=level,
            west=tiles.west,
            east=tiles.east,
            north=tiles.north,
            south=tiles.south,
        ).scalar_one()
        for tiles in stretches
    )


def cells_in(session: Session, *, tiles: Tiles, zoom: int) -> list[Cell]:
    """Return the tiles at `zoom` (at most 16) that touch a stretch of the map and hold spaces."""
    level = next(stored for stored in ZOOMS if stored >= zoom)
    found = sql(
        session,
        _CELLS,
        level=level,
        coarser=level - zoom,
        west=tiles.west,
        east=tiles.east,
        north=tiles.north,
        south=tiles.south,
    )
    return [Cell(row.x, row.y, int(row.spaces), float(row.lat), float(row.lng)) for row in found]


def busiest(session: Session) -> Point | None:
    """Return where most spaces are published, in the town that has most; None without any.

    A town is a tile at zoom 10, about 30 km wide; in it the busiest tile at zoom 14 is chosen.
    """
    found = sql(session, _BUSIEST).first()
    return None if found is None else Point(lat=float(found.lat), lng=float(found.lng))


def fold(session: Session) -> bool:
    """Add up the rows of each tile into one, so that reading stays fast; False if another does.

    For a job: counts are right without it. Readers see them before or after, never between.
    """
    got = sql(session, "SELECT pg_try_advisory_xact_lock(hashtextextended('fold cells', 0))")
    if not got.scalar_one():
        return False
    sql(session, _FOLD)
    return True
