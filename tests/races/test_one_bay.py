"""Many drivers, one bay: exactly one gets it, and without the guard more than one would."""

import threading
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import UUID

import httpx
import psycopg2
import pytest
from sqlmodel import col, func, select

from parkplace.bookings.models import Occupancy
from parkplace.core import db
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from tests import factories as make
from tests.api.serving import served
from tests.stripe_sandbox.running import RunningSandbox

DRIVERS = 20
TAKEN = "409 space_taken"


@pytest.fixture
def spaces(committed_database: str) -> Callable[..., UUID]:
    """Makes a space, committed."""
    assert committed_database
    with transaction() as session:
        owen = make.owen(session)

    def one(capacity: int = 1) -> UUID:
        with transaction() as session:
            return make.space(session, owen, capacity=capacity).id

    return one


@contextmanager
def rush(sandbox: RunningSandbox) -> Generator[Callable[[UUID], Counter[str]]]:
    """Serve the API; what is given sends all drivers at a space at the same instant.

    It counts what they are told: `201`, or a status with its code.
    """
    gate = threading.Barrier(DRIVERS)
    tomorrow = utc_now() + timedelta(days=1)
    stay = {
        "starts_at": tomorrow.isoformat(),
        "ends_at": (tomorrow + timedelta(hours=2)).isoformat(),
    }
    to_whom = sandbox.environment() | {"PARKPLACE_RATE_LIMITS": "off"}

    def attempt(client: httpx.Client, space_id: UUID, number: int) -> str:
        email = f"driver{number}@{space_id.hex}.example.com"
        gate.wait()
        wanted = {"space_id": str(space_id), "email": email, **stay}
        answer = client.post("/api/v1/bookings", json=wanted)
        code = answer.json().get("code")
        return f"{answer.status_code} {code}" if code else str(answer.status_code)

    with ExitStack() as stack:
        url = stack.enter_context(served(**to_whom))
        clients = [
            stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=60))
            for _ in range(DRIVERS)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(DRIVERS))

        def all_at_once(space_id: UUID) -> Counter[str]:
            return Counter(pool.map(attempt, clients, [space_id] * DRIVERS, range(DRIVERS)))

        yield all_at_once


def test_of_twenty_drivers_one_gets_the_bay_fifty_times_over(
    spaces: Callable[..., UUID], stripe_sandbox: RunningSandbox
) -> None:
    with rush(stripe_sandbox) as run:
        for _ in range(50):
            assert run(spaces()) == {"201": 1, TAKEN: DRIVERS - 1}


def test_three_bays_take_exactly_three(
    spaces: Callable[..., UUID], stripe_sandbox: RunningSandbox
) -> None:
    with rush(stripe_sandbox) as run:
        for _ in range(10):
            lot = spaces(capacity=3)
            assert run(lot) == {"201": 3, TAKEN: DRIVERS - 3}
            with transaction() as session:
                bays = session.exec(select(Occupancy.bay).where(col(Occupancy.space_id) == lot))
                assert sorted(bays) == [1, 2, 3]


def test_the_constraint_alone_is_enough(
    committed_database: str, spaces: Callable[..., UUID], stripe_sandbox: RunningSandbox
) -> None:
    take_away(committed_database, constraint=False, lock=True)
    with rush(stripe_sandbox) as run:
        for _ in range(2):
            assert run(spaces()) == {"201": 1, TAKEN: DRIVERS - 1}


def test_without_constraint_and_lock_more_than_one_would_have_it(
    committed_database: str, spaces: Callable[..., UUID], stripe_sandbox: RunningSandbox
) -> None:
    take_away(committed_database, constraint=True, lock=True)
    with rush(stripe_sandbox) as run:
        raced = next((one for one in (spaces() for _ in range(50)) if run(one)["201"] > 1), None)
    assert raced is not None
    with transaction() as session:
        query = select(func.count()).where(col(Occupancy.space_id) == raced)
        assert session.exec(query).one() > 1


def take_away(database: str, *, constraint: bool, lock: bool) -> None:
    """Remove the guards from a database, so that the race they stop can be seen."""
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        if constraint:
            cursor.execute("ALTER TABLE occupancies DROP CONSTRAINT one_per_bay")
        if lock:
            # A function of the same name, found first, that locks nothing.
            cursor.execute(
                "CREATE SCHEMA nothing; CREATE FUNCTION nothing.pg_advisory_xact_lock(bigint) "
                "RETURNS void LANGUAGE sql AS ''"
            )
            name = connection.info.dbname
            cursor.execute(f'ALTER DATABASE "{name}" SET search_path = nothing, public, pg_catalog')
    connection.close()

    db.engine().dispose()
