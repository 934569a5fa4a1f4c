"""Makes as many spaces and occupancies as a measurement wants, in a database of its own.

Spaces crowd in cities, thin out around them and stand in towns nearby; most came by import, city by
city, the rest one by one. A fifth of them has most of the stays. Everything is made by PostgreSQL:
15,406 spaces with 200,000 occupancies take under a minute, 1,000,000 with 5,000,000 about ten.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, create_engine, text
from sqlmodel import Session

from parkplace.core.db import driver_url
from parkplace.spaces.hours import Hours, Interval, merged
from parkplace.spaces.schedules import Opening, intern_schedules

# Name, latitude, longitude, zone, currency, share of all, usual price of an hour in minor units.
CITIES = (
    ("New York", 40.73, -73.99, "America/New_York", "USD", 10, 450),
    ("Los Angeles", 34.05, -118.25, "America/Los_Angeles", "USD", 8, 350),
    ("Chicago", 41.88, -87.63, "America/Chicago", "USD", 6, 300),
    ("Houston", 29.76, -95.37, "America/Chicago", "USD", 4, 200),
    ("Phoenix", 33.45, -112.07, "America/Phoenix", "USD", 3, 180),
    ("Toronto", 43.65, -79.38, "America/Toronto", "CAD", 4, 350),
    ("Mexico City", 19.43, -99.13, "America/Mexico_City", "MXN", 5, 4000),
    ("Sao Paulo", -23.55, -46.63, "America/Sao_Paulo", "BRL", 5, 1500),
    ("Buenos Aires", -34.6, -58.38, "America/Argentina/Buenos_Aires", "ARS", 3, 100_000),
    ("London", 51.51, -0.13, "Europe/London", "GBP", 7, 420),
    ("Paris", 48.86, 2.35, "Europe/Paris", "EUR", 6, 400),
    ("Berlin", 52.52, 13.4, "Europe/Berlin", "EUR", 5, 250),
    ("Madrid", 40.42, -3.7, "Europe/Madrid", "EUR", 4, 250),
    ("Rome", 41.9, 12.5, "Europe/Rome", "EUR", 3, 220),
    ("Zurich", 47.38, 8.54, "Europe/Zurich", "CHF", 2, 350),
    ("Stockholm", 59.33, 18.07, "Europe/Stockholm", "SEK", 2, 4000),
    ("Istanbul", 41.01, 28.98, "Europe/Istanbul", "TRY", 3, 6000),
    ("Cairo", 30.04, 31.24, "Africa/Cairo", "EGP", 2, 3000),
    ("Johannesburg", -26.2, 28.05, "Africa/Johannesburg", "ZAR", 2, 2500),
    ("Mumbai", 19.08, 72.88, "Asia/Kolkata", "INR", 4, 6000),
    ("Singapore", 1.35, 103.82, "Asia/Singapore", "SGD", 2, 300),
    ("Tokyo", 35.68, 139.69, "Asia/Tokyo", "JPY", 6, 600),
    ("Sydney", -33.87, 151.21, "Australia/Sydney", "AUD", 3, 500),
    ("Auckland", -36.85, 174.76, "Pacific/Auckland", "NZD", 1, 400),
)
TOWNS = 9  # around each city, with 60 % of its spaces between them
WEEKS = 12  # different opening hours in each zone
PAST = timedelta(days=30)
AHEAD = timedelta(days=14)

_TOWNS = """
    CREATE TEMP TABLE bench_towns ON COMMIT DROP AS
    SELECT c.name, zone, currency, hour, n AS town,
        lat + CASE WHEN n = 0 THEN 0 ELSE random() * 2.4 - 1.2 END AS lat,
        lng + CASE WHEN n = 0 THEN 0 ELSE random() * 2.4 - 1.2 END AS lng,
        share / sum(share) OVER () * CASE WHEN n = 0 THEN 4.0 ELSE 6.0 / :towns END
            * (:towns + 1) / 10 AS part
    FROM unnest(
        CAST(:names AS text[]), CAST(:lats AS float8[]), CAST(:lngs AS float8[]),
        CAST(:zones AS text[]), CAST(:currencies AS text[]), CAST(:shares AS float8[]),
        CAST(:hours AS integer[])
    ) AS c (name, lat, lng, zone, currency, share, hour), generate_series(0, :towns) AS n
"""
_USERS = """
    INSERT INTO users (id, email, name, password_hash, is_host, is_admin, created_at)
    SELECT gen_random_uuid(), 'host-' || n || '@bench.example', 'Host ' || n, '!', true, false, :now
    FROM generate_series(1, 200) n ON CONFLICT (email) DO NOTHING
"""
# UUIDv7: 48 bits of milliseconds, the rest random, version 7.
_UUID = """
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send(:epoch + {ms}) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
"""
_SPACES = f"""
    WITH schedule AS (
        SELECT timezone, array_agg(id ORDER BY digest) AS ids FROM schedules GROUP BY timezone
    ), host AS (
        SELECT array_agg(id ORDER BY email) AS ids FROM users WHERE email LIKE '%@bench.example'
    ), made AS (
        SELECT t.*, n, away * sin(angle) AS up, away * cos(angle) / cos(radians(t.lat)) AS aside,
            CASE WHEN organic < 0.3 THEN organic / 0.3 ELSE place END AS turn
        FROM (
            SELECT *, row_number() OVER (ORDER BY name, town) / count(*) OVER ()::float8 AS place
            FROM bench_towns
        ) t,
        LATERAL (
            SELECT n, random() AS organic, random() * 2 * pi() AS angle, sqrt(-2 * ln(1 - random()))
                * CASE WHEN n % 3 = 0 THEN 0.018 ELSE 0.07 END
                / CASE WHEN town = 0 THEN 1 ELSE 2 END AS away
            FROM generate_series(1, ceil(:count * part)::integer) AS n
        ) spot
        ORDER BY turn LIMIT :count
    )
    INSERT INTO spaces (
        id, host_id, title, description, address, neighbourhood, lat, lng, timezone, kind, capacity,
        tags, instructions, instant, hour_minor, day_cap_minor, currency, schedule_id, status,
        source, external_id, created_at, updated_at
    )
    SELECT {_UUID.format(ms="row_number() OVER (ORDER BY turn)")},
        host.ids[1 + n % 200],
        street || CASE n % 4 WHEN 0 THEN ' garage' WHEN 1 THEN ' lot ' ELSE ' meter ' END || n,
        '', n % 400 || ' ' || street || ', ' || name, name || ' ' || town,
        lat + up, lng + aside, zone,
        (ARRAY['street', 'street', 'lot', 'garage', 'driveway'])[1 + n % 5],
        CASE WHEN n % 20 < 15 THEN 1 WHEN n % 20 < 19 THEN 2 + n % 8 ELSE 40 + n % 200 END,
        CASE n % 4 WHEN 0 THEN ARRAY['covered', 'ev'] WHEN 1 THEN ARRAY['cctv']
            ELSE CAST(ARRAY[] AS text[]) END,
        '', true, rate, CASE WHEN n % 3 = 0 THEN rate * 6 END, currency,
        CASE WHEN n % 100 < 35 THEN schedule.ids[1 + n % array_length(schedule.ids, 1)] END,
        CASE WHEN n % 50 = 0 THEN 'paused' ELSE 'published' END,
        'bench', name || '-' || town || '-' || n || '-' || :seed, :now, :now
    FROM made JOIN schedule ON schedule.timezone = zone, host,
    LATERAL (
        SELECT (ARRAY['Main', 'Oak', 'Park', 'Mill', 'High', 'Station', 'River', 'Church', 'Market',
            'Elm', 'Lake', 'Hill', 'Queen', 'King', 'Spring', 'Union'])[1 + n % 16]
            || (ARRAY[' Street', ' Avenue', ' Road', ' Lane', ' Square'])[1 + n / 16 % 5] AS street,
        round(hour * (4 + n % 12) / 8.0)::bigint AS rate
    ) chosen
    ORDER BY turn
"""  # noqa: S608 - constants of this module
# Every stay has a slot of its bay's time to itself, so no two of a bay overlap. Lengths are spread
# as in real records: the middle 2.8 hours, from a quarter of an hour to two days.
_OCCUPANCIES = f"""
    INSERT INTO occupancies (id, space_id, bay, during, kind, expires_at, tile)
    SELECT {_UUID.format(ms="n")}, space_id, bay, tstzrange(starts, starts + lasts), 'booking',
        CASE n % 100 WHEN 0 THEN CAST(:now AS timestamptz) - interval '1 minute'
            WHEN 1 THEN CAST(:now AS timestamptz) + interval '9 minutes' END, tile
    FROM (
        SELECT id AS space_id, tile, 1 + stay % bays AS bay, n,
            quarters * interval '15 minutes' AS lasts,
            CAST(:start AS timestamptz) + interval '15 minutes'
                * (stay / bays * slot + floor(r2 * (slot - quarters))) AS starts
        FROM (
            SELECT *, least(capacity, 3) AS bays,
                :quarters / ceil(stays / least(capacity, 3)::float8)::integer AS slot
            FROM (
                SELECT id, capacity, (tile_x >> 16) << 14 | (tile_y >> 16) AS tile, n, r1, r2, stay,
                    stays
                FROM (
                    SELECT *, least(600, ceil(-ln(1 - r3) * :mean
                        * CASE WHEN r4 < 0.2 THEN 3.6 ELSE 0.35 END))::integer AS stays
                    FROM (SELECT *, random() AS r3, random() AS r4 FROM spaces) s
                ) s, LATERAL (
                    SELECT stay, random() AS r1, random() AS r2, (random() * 1e9)::integer AS n
                    FROM generate_series(0, stays - 1) AS stay
                ) k
            ) each
        ) placed,
        LATERAL (
            SELECT greatest(1, least(slot - 1, exp(ln(11.2) + (r1 + r1 * r2 - 0.75) * 3)::integer))
                AS quarters
        ) lasting
        LIMIT :count
    ) made ORDER BY starts
"""  # noqa: S608


def fill(
    url: str,
    *,
    spaces: int,
    occupancies: int,
    now: datetime,
    seed: int = 1,
    say: Callable[[str], None] = print,
) -> None:
    """Add spaces, then occupancies to all spaces there are, and refresh the statistics.

    Args:
        url: A migrated database, preferably of its own.
        spaces: How many to add; 0 to use what is there, such as imported meters.
        occupancies: How many to add, in the 30 days before `now` and the 14 after.
        now: The instant around which stays are made.
        seed: Another seed makes other spaces.
        say: Is told what is going on.
    """
    engine = create_engine(
        driver_url(url), connect_args={"options": "-c statement_timeout=0 -c jit=off"}
    )
    with engine.begin() as connection:
        _run(connection, "SET LOCAL maintenance_work_mem = '512MB'")
        _run(connection, "SET LOCAL work_mem = '256MB'")
        _run(connection, "SELECT setseed(CAST(:seed AS float8) / 1000)", seed=seed)
        if spaces:
            say(f"Making {spaces:,} spaces")
            _add_spaces(connection, spaces, now=now, seed=seed)
        if occupancies:
            say(f"Making {occupancies:,} occupancies")
            _add_occupancies(connection, occupancies, now=now, say=say)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _run(connection, "VACUUM ANALYZE")
    engine.dispose()


def _add_spaces(connection: Connection, count: int, *, now: datetime, seed: int) -> None:
    zones = {city[3] for city in CITIES}
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        intern_schedules(
            session, wanted=[Opening(week, zone) for zone in zones for week in _weeks()], now=now
        )
        session.commit()
    names, lats, lngs, zone, currencies, shares, hours = (
        list(part) for part in zip(*CITIES, strict=True)
    )
    _run(connection, _USERS, now=now)
    _run(
        connection,
        _TOWNS,
        towns=TOWNS,
        names=names,
        lats=lats,
        lngs=lngs,
        zones=zone,
        currencies=currencies,
        shares=shares,
        hours=hours,
    )
    _run(connection, _SPACES, count=count, now=now, seed=seed, epoch=_epoch(now))
    _run(connection, "ANALYZE spaces")


def _weeks() -> Iterator[Hours]:
    for week in range(WEEKS):
        opens, closes = (6 + week % 4) * 60, (18 + week % 6) * 60
        hours = merged(Interval(day, opens, closes) for day in range(5 + week % 3))
        if hours is not None:
            yield hours


def _add_occupancies(
    connection: Connection, count: int, *, now: datetime, say: Callable[[str], None]
) -> None:
    there = connection.execute(text("SELECT count(*) FROM spaces")).scalar_one()
    parameters = {
        "count": count,
        "now": now,
        "start": now - PAST,
        "quarters": (PAST + AHEAD) // timedelta(minutes=15),
        # A little more than wanted is drawn, and cut off.
        "mean": 1.03 * count / there,
        "epoch": _epoch(now),
    }
    with _without_indexes(connection, say):
        _run(connection, _OCCUPANCIES, **parameters)


@contextmanager
def _without_indexes(connection: Connection, say: Callable[[str], None]) -> Generator[None]:
    """Take the costly constraints and indexes of `occupancies` away, and build them afterwards."""
    constraints = connection.execute(
        text("""
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = 'occupancies'::regclass AND contype IN ('x', 'f')
        """)
    ).all()
    index = connection.execute(
        text("SELECT pg_get_indexdef('ix_occupancies_area'::regclass)")
    ).scalar_one()
    for name, _ in constraints:
        _run(connection, f"ALTER TABLE occupancies DROP CONSTRAINT {name}")
    _run(connection, "DROP INDEX ix_occupancies_area")
    _run(connection, "ALTER TABLE occupancies DISABLE TRIGGER USER")
    yield
    say("Building the indexes of occupancies")
    _run(connection, "ALTER TABLE occupancies ENABLE TRIGGER USER")
    _run(connection, index)
    for name, definition in constraints:
        _run(connection, f"ALTER TABLE occupancies ADD CONSTRAINT {name} {definition}")


def _epoch(now: datetime) -> int:
    return int((now - timedelta(days=400)).timestamp() * 1000)


def _run(connection: Connection, statement: str, **parameters: object) -> None:
    connection.execute(text(statement), parameters)
