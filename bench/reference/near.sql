-- The best SQL we know for "the 20 nearest spaces that are open and free for the whole period",
-- as a pgbench script; bench.reference says what its variables are.
\set up random(-500, 500)
\set aside random(-500, 500)
SELECT s.id, s.title, s.neighbourhood, s.lat, s.lng, s.kind, s.tags, s.capacity - taken.bays,
    s.hour_minor, s.day_cap_minor, s.currency, s.timezone, s.distance,
    (SELECT file_key FROM space_photos WHERE space_id = s.id ORDER BY position, id LIMIT 1)
FROM (
    SELECT *, location <-> CAST(ST_SetSRID(ST_MakePoint(
        CAST(:lng AS float8) + CAST(:aside AS float8) / 50000,
        CAST(:lat AS float8) + CAST(:up AS float8) / 50000
    ), 4326) AS geography) AS distance
    FROM spaces WHERE status = 'published'
    ORDER BY location <-> CAST(ST_SetSRID(ST_MakePoint(
        CAST(:lng AS float8) + CAST(:aside AS float8) / 50000,
        CAST(:lat AS float8) + CAST(:up AS float8) / 50000
    ), 4326) AS geography)
    LIMIT (
        SELECT least(20000, coalesce(sum(spaces), 0)) FROM space_cells
        WHERE zoom = :level AND x BETWEEN :west AND :east AND y BETWEEN :north AND :south
    )
) s
CROSS JOIN LATERAL (
    SELECT count(DISTINCT bay) AS bays FROM occupancies
    WHERE space_id = s.id AND during && tstzrange(to_timestamp(:starts), to_timestamp(:ends))
        AND (expires_at IS NULL OR expires_at > to_timestamp(:now))
) taken
WHERE s.distance <= :radius AND taken.bays < s.capacity AND coalesce((
    SELECT open_during @> tstzrange(to_timestamp(:starts), to_timestamp(:ends))
    FROM schedules WHERE id = s.schedule_id
), true)
ORDER BY s.distance, s.id LIMIT 21;
