"""Many drivers, one bay: exactly one gets it, and without the guard more than one would."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg2
import pytest
from sqlmodel import col, func, select

from parkplace.bookings import holding
from parkplace.bookings.access import NOBODY
from parkplace.bookings.models import Occupancy
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.core import db
from parkplace.core.db import transaction
from tests import factories as make
from tests.factories import NOW, period

DRIVERS = 20


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


@pytest.fixture
def rush() -> Callable[[UUID], Counter[str]]:
    """Sends all drivers at one space at the same instant and counts what they are told."""
    gate = threading.Barrier(DRIVERS)

    def attempt(space_id: UUID, number: int) -> str:
        gate.wait()
        try:
            with transaction() as session:
                holding.hold(
                    session,
                    caller=NOBODY,
                    space_id=space_id,
                    period=period(1, 3),
                    email=f"driver{number}@{space_id.hex}.example.com",
                    now=NOW,
                )
        except SpaceTaken:
            return "taken"
        return "held"

    def all_at_once(space_id: UUID) -> Counter[str]:
        with ThreadPoolExecutor(DRIVERS) as pool:
            return Counter(pool.map(attempt, [space_id] * DRIVERS, range(DRIVERS)))

    return all_at_once


def test_of_twenty_drivers_one_gets_the_bay_fifty_times_over(
    spaces: Callable[..., UUID], rush: Callable[[UUID], Counter[str]]
) -> None:
    for _ in range(50):
        assert rush(spaces()) == {"held": 1, "taken": DRIVERS - 1}


def test_three_bays_take_exactly_three(
    spaces: Callable[..., UUID], rush: Callable[[UUID], Counter[str]]
) -> None:
    for _ in range(10):
        lot = spaces(capacity=3)
        assert rush(lot) == {"held": 3, "taken": DRIVERS - 3}
        with transaction() as session:
            bays = session.exec(select(Occupancy.bay).where(col(Occupancy.space_id) == lot))
            assert sorted(bays) == [1, 2, 3]


def test_the_constraint_alone_is_enough(
    committed_database: str,
    spaces: Callable[..., UUID],
    rush: Callable[[UUID], Counter[str]],
) -> None:
    take_away(committed_database, constraint=False, lock=True)
    for _ in range(5):
        assert rush(spaces()) == {"held": 1, "taken": DRIVERS - 1}


def test_without_constraint_and_lock_more_than_one_would_have_it(
    committed_database: str,
    spaces: Callable[..., UUID],
    rush: Callable[[UUID], Counter[str]],
) -> None:
    take_away(committed_database, constraint=True, lock=True)
    raced = next((one for one in (spaces() for _ in range(50)) if rush(one)["held"] > 1), None)
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
