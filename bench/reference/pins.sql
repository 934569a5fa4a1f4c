-- The best SQL we know for "what is open and free for the whole period on this map, in groups of
-- 64 pixels", as a pgbench script; bench.reference says what its variables are.
\set dx random(-60000, 60000)
\set dy random(-60000, 60000)
\set w :west + :dx
\set e :east + :dx
\set n :north + :dy
\set s :south + :dy
WITH seen AS MATERIALIZED (
    SELECT id, schedule_id, tile_x, tile_y FROM spaces
    WHERE status = 'published' AND point(tile_x, tile_y) <@ box(
        point(CAST(:w AS integer), CAST(:n AS integer)),
        point(CAST(:e AS integer), CAST(:s AS integer))
    )
), cells AS MATERIALIZED (
    SELECT tile_x >> CAST(:shift AS integer) AS x, tile_y >> CAST(:shift AS integer) AS y,
        count(*) AS spaces, sum(tile_x) AS sum_x, sum(tile_y) AS sum_y, min(tile_x) AS west,
        max(tile_x) AS east, min(tile_y) AS north, max(tile_y) AS south, (array_agg(id))[1] AS id
    FROM seen
    WHERE (schedule_id IS NULL OR schedule_id IN (
            SELECT id FROM schedules WHERE id IN (SELECT DISTINCT schedule_id FROM seen)
                AND open_during @> tstzrange(to_timestamp(:starts), to_timestamp(:ends))
        ))
        AND id NOT IN (
            SELECT o.space_id
            FROM (
                SELECT DISTINCT x << 14 | y AS tile FROM space_cells
                WHERE zoom = 14 AND x BETWEEN CAST(:w AS integer) >> 16 AND CAST(:e AS integer) >> 16
                    AND y BETWEEN CAST(:n AS integer) >> 16 AND CAST(:s AS integer) >> 16
            ) area
            JOIN occupancies o ON o.tile = area.tile
                AND upper(o.during) > to_timestamp(:starts)
                AND lower(o.during) < to_timestamp(:ends)
                AND (o.expires_at IS NULL OR o.expires_at > to_timestamp(:now))
            JOIN spaces taken ON taken.id = o.space_id
            GROUP BY o.space_id, taken.capacity
            HAVING count(DISTINCT o.bay) >= taken.capacity
        )
    GROUP BY 1, 2
)
SELECT (
    SELECT json_agg(json_build_array(
        s.id, s.title, s.lat, s.lng, s.hour_minor, s.day_cap_minor, s.currency
    )) FROM cells JOIN spaces s ON s.id = cells.id WHERE cells.spaces = 1
), (
    SELECT json_agg(json_build_array(x, y, spaces, sum_x, sum_y, west, east, north, south))
    FROM cells WHERE spaces > 1
);
