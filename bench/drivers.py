"""What somebody with many bookings waits for, beside somebody with few: pages of their lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle

import httpx
from sqlalchemy import create_engine, text

from bench.load import Measured, get, load
from parkplace.core.db import driver_url

FEW, MANY = 100, 10_000
_PASSWORD = "plum harbour trellis nine"  # noqa: S105 - of people who do not exist
# The first page of each list, as driver and as host.
_ASKED = ("when=upcoming", "when=past", "when=current", "when=expired", "status=completed")

# An hour apart, half of them over, at a space of a host who has nothing else.
_BOOKINGS = """
    WITH who AS (
        SELECT id, email FROM users WHERE email = :email
    ), place AS (
        INSERT INTO spaces (
            id, host_id, title, description, address, neighbourhood, lat, lng, timezone, kind,
            capacity, tags, instructions, instant, hour_minor, currency, status, created_at,
            updated_at
        )
        SELECT gen_random_uuid(), id, 'Bench of ' || email, '', '', '', 0, 0, 'UTC', 'lot', 1, '{}',
            '', true, 400, 'USD', 'paused', :now, :now
        FROM who RETURNING id
    )
    INSERT INTO bookings (
        id, reference, space_id, host_id, bay, driver_id, email, plate, plate_region, status,
        payment_status, starts_at, ends_at, timezone, hour_minor, currency, created_at, expires_at,
        payment_method, card, charge_attempts, changes
    )
    SELECT gen_random_uuid(), left(who.id::text, 18) || n, place.id, who.id, 1, who.id, who.email,
        '', '', CASE WHEN n > :count / 2 THEN 'confirmed' WHEN n % 10 = 0 THEN 'cancelled'
            ELSE 'completed' END,
        CASE WHEN n > :count / 2 THEN 'nothing_due' ELSE 'paid' END,
        starts, starts + interval '45 minutes', 'UTC', 400, 'USD', :now, :now, 'pm_1',
        'Visa ···· 4242', 0, 0
    FROM who, place, generate_series(1, :count) n,
        LATERAL (SELECT :now + (n - :count / 2 + 1) * interval '1 hour' AS starts) s
"""


@dataclass(frozen=True, slots=True)
class Lists:
    """Latencies of the first pages of the lists of somebody with many bookings, and with few."""

    many: Measured
    few: Measured


def lists(site: str, *, database: str, connections: int, seconds: float, now: datetime) -> Lists:
    """Measure pages of lists at a running product, with two accounts made for it.

    Args:
        site: Where it runs.
        database: The URL of what it runs on.
        connections: How many ask at once.
        seconds: How long each measurement takes.
        now: Around when the bookings are.
    """
    asked = {count: _asking(site, database, count, now=now) for count in (FEW, MANY)}

    def measured(count: int) -> Measured:
        return load(site, asked[count], connections=connections, seconds=seconds).all_of(200)

    return Lists(few=measured(FEW), many=measured(MANY))


def _asking(site: str, database: str, count: int, *, now: datetime) -> Iterator[bytes]:
    """Return requests without end of somebody who has so many bookings."""
    email = f"driver-{count}@bench.example"
    token = _signed_up(site, email)
    engine = create_engine(driver_url(database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(_BOOKINGS), {"email": email, "count": count, "now": now})
        connection.execute(text("ANALYZE bookings"))
    engine.dispose()
    return cycle(
        get(f"/api/v1/bookings?role={role}&{which}", authorization=f"Bearer {token}")
        for role in ("driver", "host")
        for which in _ASKED
    )


def _signed_up(site: str, email: str) -> str:
    account = {"email": email, "password": _PASSWORD}
    with httpx.Client(base_url=f"{site}/api/v1/auth", trust_env=False, timeout=30) as client:
        client.post("/register", json={**account, "name": "Driver"}).raise_for_status()
        answer = client.post("/login", json=account).raise_for_status()
    return str(answer.json()["access_token"])
