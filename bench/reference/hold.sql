-- The statements with which `bookings.holding.hold` takes a bay for a guest, as a pgbench script;
-- `tests/bench/test_hold.py` compares the two. Every client walks through spaces of its own in
-- `bench_targets`; bench.reference says what the other variables are.
\set turn :turn + 1
\set n :client_id * 100000 + :turn
BEGIN;
SELECT id FROM bookings
WHERE email = CAST(:n AS text) || '@pgbench.example' AND status = 'held'
    AND expires_at > to_timestamp(:now) LIMIT 3;
SELECT pg_advisory_xact_lock(hashtextextended('space:' || (
    SELECT CAST(space_id AS text) FROM bench_targets WHERE n = :n
), 0));
SELECT gen_random_uuid() AS booking, gen_random_uuid() AS occupancy,
    s.id AS space, s.host_id AS host, s.timezone AS zone, s.hour_minor AS hour, s.currency, s.schedule_id
FROM spaces s WHERE s.id = (SELECT space_id FROM bench_targets WHERE n = :n) \gset
SELECT open_during @> tstzrange(to_timestamp(:starts), to_timestamp(:ends)) FROM schedules
WHERE id = (SELECT schedule_id FROM spaces WHERE id = CAST(:space AS uuid));
SELECT * FROM bookings WHERE space_id = CAST(:space AS uuid) AND status IN ('held', 'requested')
    AND expires_at <= to_timestamp(:now);
SELECT bay FROM occupancies WHERE space_id = CAST(:space AS uuid)
    AND during && tstzrange(to_timestamp(:starts), to_timestamp(:ends));
INSERT INTO bookings (
    id, reference, space_id, bay, host_id, email, plate, plate_region, status, payment_status,
    starts_at, ends_at, timezone, hour_minor, currency, created_at, expires_at, card,
    charge_attempts, changes
) VALUES (
    CAST(:booking AS uuid), left(CAST(:booking AS text), 8), CAST(:space AS uuid), 1,
    CAST(:host AS uuid), CAST(:booking AS text) || '@pgbench.example', '', '', 'held', 'nothing_due',
    to_timestamp(:starts), to_timestamp(:ends), :zone, CAST(:hour AS bigint), :currency,
    to_timestamp(:now), to_timestamp(:until), '', 0, 0
);
INSERT INTO booking_events (booking_id, at, actor, to_status, why)
VALUES (CAST(:booking AS uuid), to_timestamp(:now), 'guest', 'held', '') RETURNING id;
INSERT INTO occupancies (id, space_id, bay, during, kind, booking_id, expires_at, tile) VALUES (
    CAST(:occupancy AS uuid), CAST(:space AS uuid), 1,
    tstzrange(to_timestamp(:starts), to_timestamp(:ends)), 'booking', CAST(:booking AS uuid),
    to_timestamp(:until), 0
);
SELECT pg_notify('live', topic) FROM unnest(ARRAY[
    'booking:' || CAST(:booking AS text), 'space:' || CAST(:space AS text), 'area:75/96'
]) topic;
COMMIT;
