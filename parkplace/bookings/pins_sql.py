"""The statements behind `pins`: about one stretch of the map each, in tiles at zoom 30.

A map shows hundreds of things, so PostgreSQL puts them together: each statement answers with how
much is listed, the pins as JSON rows (id, title, lat, lng, hour_minor, day_cap_minor, currency)
and the groups as JSON rows in the order of `pins.Cluster`.
"""

# What is listed on the map comes first, from one index alone, so that opening hours are read only
# for those, which share few schedules.
_SEEN = """
    SELECT s.id, s.schedule_id, s.tile_x, s.tile_y FROM spaces s
    WHERE s.status = 'published'
        AND point(s.tile_x, s.tile_y) <@ box(point(:west, :north), point(:east, :south))
        AND (SELECT spaces FROM listed) <= :exact_most
        {where}
"""
# Whether a space is taken is asked area by area (tiles at zoom 14), not space by space: what is
# taken in a city during one stay is little, what is listed there is much.
_FREE = """
    (seen.schedule_id IS NULL OR seen.schedule_id IN (
        SELECT id FROM schedules
        WHERE id IN (SELECT DISTINCT schedule_id FROM seen)
            AND open_during @> tstzrange(:starts, :ends)
    ))
    AND seen.id NOT IN (
        SELECT o.space_id
        FROM (
            SELECT DISTINCT x << 14 | y AS tile FROM space_cells
            WHERE zoom = 14 AND x BETWEEN :west >> 16 AND :east >> 16
                AND y BETWEEN :north >> 16 AND :south >> 16
        ) area
        JOIN occupancies o ON o.tile = area.tile
            AND upper(o.during) > :starts AND lower(o.during) < :ends
            AND (o.expires_at IS NULL OR o.expires_at > :now)
        JOIN spaces taken ON taken.id = o.space_id AND o.bay <= taken.capacity
        GROUP BY o.space_id, taken.capacity HAVING count(DISTINCT o.bay) >= taken.capacity
    )
"""
_CELLS = """
    zoom = :level AND x BETWEEN :west >> (30 - :level) AND :east >> (30 - :level)
    AND y BETWEEN :north >> (30 - :level) AND :south >> (30 - :level)
"""
_LISTED = f"SELECT coalesce(sum(spaces), 0) AS spaces FROM space_cells WHERE {_CELLS}"  # noqa: S608
_PIN = "json_build_array(s.id, s.title, s.lat, s.lng, s.hour_minor, s.day_cap_minor, s.currency)"
_LAT = "degrees(atan(sinh(pi() * (1 - 2 * CAST({0} AS float8) / 1073741824))))"
_LNG = "CAST({0} AS float8) / 1073741824 * 360 - 180"
# The edges of a tile, from its north-west corner to that of the next one.
_EDGES = ", ".join(
    (
        _LNG.format("(CAST(x AS bigint) << :shift)"),
        _LAT.format("(CAST(y + 1 AS bigint) << :shift)"),
        _LNG.format("(CAST(x + 1 AS bigint) << :shift)"),
        _LAT.format("(CAST(y AS bigint) << :shift)"),
    )
)
_GROUP = f"""
    json_build_array(
        :finer || '/' || x || '/' || y,
        {_LAT.format("(0.5 + sum_y / spaces)")}, {_LNG.format("(0.5 + sum_x / spaces)")}, spaces,
        {_LNG.format("west")}, {_LAT.format("(south + 1)")},
        {_LNG.format("(east + 1)")}, {_LAT.format("north")}
    )
"""
GROUPS = f"""
    WITH listed AS MATERIALIZED ({_LISTED}), seen AS MATERIALIZED ({_SEEN}),
    cells AS MATERIALIZED (
        SELECT tile_x >> :shift AS x, tile_y >> :shift AS y, count(*) AS spaces,
            sum(tile_x) AS sum_x, sum(tile_y) AS sum_y,
            min(tile_x) AS west, max(tile_x) AS east,
            min(tile_y) AS north, max(tile_y) AS south,
            (array_agg(id))[1] AS id
        FROM seen WHERE {_FREE} GROUP BY 1, 2
    )
    SELECT spaces, (
        SELECT json_agg({_PIN}) FROM cells JOIN spaces s ON s.id = cells.id WHERE cells.spaces = 1
    )::text, (SELECT json_agg({_GROUP}) FROM cells WHERE spaces > 1)::text
    FROM listed
"""  # noqa: S608 - constants of this module
SINGLES = f"""
    WITH listed AS MATERIALIZED ({_LISTED}), seen AS MATERIALIZED ({_SEEN})
    SELECT spaces, (
        SELECT json_agg({_PIN})
        FROM (SELECT id FROM seen WHERE {_FREE} LIMIT :most) free JOIN spaces s ON s.id = free.id
    )::text, NULL
    FROM listed
"""  # noqa: S608
# A group of one is a pin here too, so it is asked whether that one is free.
COUNTED = f"""
    WITH cells AS MATERIALIZED (
        SELECT x >> :coarser AS x, y >> :coarser AS y, sum(spaces) AS spaces,
            sum(sum_lat) / 1e7 / sum(spaces) AS lat, sum(sum_lng) / 1e7 / sum(spaces) AS lng
        FROM space_cells WHERE {_CELLS} GROUP BY 1, 2 HAVING sum(spaces) > 0
    )
    SELECT NULL, (
        SELECT json_agg({_PIN}) FROM cells
        JOIN spaces s ON s.status = 'published' AND point(s.tile_x, s.tile_y) <@ box(
            point(x << :shift, y << :shift),
            point(((x + 1) << :shift) - 1, ((y + 1) << :shift) - 1)
        )
        WHERE cells.spaces = 1
            AND coalesce((
                SELECT open_during @> tstzrange(:starts, :ends)
                FROM schedules WHERE id = s.schedule_id
            ), true)
            AND s.capacity > (
                SELECT count(DISTINCT bay) FROM occupancies
                WHERE space_id = s.id AND bay <= s.capacity
                    AND during && tstzrange(:starts, :ends)
                    AND (expires_at IS NULL OR expires_at > :now)
            )
            {{where}}
    )::text, (
        SELECT json_agg(json_build_array(
            :finer || '/' || x || '/' || y, lat, lng, spaces, {_EDGES}
        )) FROM cells WHERE spaces > 1
    )::text
"""  # noqa: S608
CARDS = f"""
    WITH listed AS MATERIALIZED ({_LISTED})
    SELECT DISTINCT s.hour_minor, s.day_cap_minor, s.currency FROM spaces s
    WHERE s.status = 'published'
        AND point(s.tile_x, s.tile_y) <@ box(point(:west, :north), point(:east, :south))
        AND (SELECT spaces FROM listed) <= :exact_most
"""  # noqa: S608
