"""A host who blocks a lot while drivers book it: a bay is blocked or booked, never both."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import col, select

from parkplace.accounts.models import User
from parkplace.bookings import availability, holding
from parkplace.bookings.access import NOBODY
from parkplace.bookings.availability import Availability
from parkplace.bookings.blocks import Blocked, BlockMeetsBookings
from parkplace.bookings.models import Occupancy, OccupancyKind
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from parkplace.core.times import Period
from tests import factories as make

DRIVERS = 5
ROUNDS = 20


def one_round(owen: User, number: int) -> tuple[str, list[str], list[str]]:
    """What the host is told, what the drivers are, and what has the bays then."""
    with transaction() as session:
        lot = make.space(session, owen, capacity=DRIVERS).id
    now = utc_now()
    stay = Period(now + timedelta(hours=1), now + timedelta(hours=2))
    gate = threading.Barrier(DRIVERS + 1)

    def book(driver: int) -> str:
        email = f"driver{driver}@round{number}.example.com"
        gate.wait()
        try:
            with transaction() as session:
                holding.hold(
                    session, caller=NOBODY, space_id=lot, period=stay, email=email, now=now
                )
        except SpaceTaken:
            return "taken"
        return "booked"

    def block() -> str:
        wanted = Availability(blocks=(Blocked(stay),))
        gate.wait()
        try:
            with transaction() as session:
                availability.replace(session, actor=owen, space_id=lot, wanted=wanted, now=now)
        except BlockMeetsBookings:
            return "met"
        return "blocked"

    with ThreadPoolExecutor(DRIVERS + 1) as pool:
        host = pool.submit(block)
        drivers = list(pool.map(book, range(DRIVERS)))
    with transaction() as session:
        kinds = session.exec(select(Occupancy.kind).where(col(Occupancy.space_id) == lot))
        return host.result(), drivers, list(kinds)


def test_a_bay_is_blocked_or_booked_and_nobody_sees_an_error(committed_database: str) -> None:
    assert committed_database
    with transaction() as session:
        owen = make.owen(session)
    for number in range(ROUNDS):
        host, drivers, kinds = one_round(owen, number)
        if host == "blocked":
            assert drivers == ["taken"] * DRIVERS
            assert kinds == [OccupancyKind.BLOCK] * DRIVERS
        else:
            assert drivers == ["booked"] * DRIVERS
            assert kinds == [OccupancyKind.BOOKING] * DRIVERS
