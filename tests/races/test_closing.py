"""A space that is taken down while drivers book it: nobody is left on it, in whatever order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, func, select

from parkplace.accounts.models import User
from parkplace.bookings import closing, holding
from parkplace.bookings.access import NOBODY
from parkplace.bookings.closing import BookingsAhead
from parkplace.bookings.models import Booking, BookingStatus, Occupancy
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.quoting import SpaceNotFound
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from parkplace.core.times import Period
from parkplace.spaces.models import Space, SpaceStatus
from tests import factories as make
from tests.races.test_one_bay import take_away

DRIVERS = 7
ROUNDS = 30
STANDING = (
    BookingStatus.HELD,
    BookingStatus.REQUESTED,
    BookingStatus.CONFIRMED,
    BookingStatus.ACTIVE,
)


@pytest.fixture
def host(committed_database: str) -> User:
    assert committed_database
    with transaction() as session:
        return make.owen(session)


def lot(host: User) -> UUID:
    with transaction() as session:
        return make.space(session, host, capacity=DRIVERS).id


def rush(host: User, space_id: UUID, *, cancel_bookings: bool) -> list[str]:
    """Let drivers book while the host closes, all at the same instant; what each is told."""
    gate = threading.Barrier(DRIVERS + 1)
    now = utc_now()
    stay = Period(now + timedelta(hours=1), now + timedelta(hours=2))

    def book(number: int) -> str:
        gate.wait()
        try:
            with transaction() as session:
                booking = holding.hold(
                    session,
                    caller=NOBODY,
                    space_id=space_id,
                    period=stay,
                    email=f"driver{number}@{space_id.hex}.example.com",
                    now=now,
                )
                if number % 2:
                    holding.card_saved(
                        session, booking_id=booking.id, payment_method="pm", card="", now=now
                    )
        except SpaceNotFound:
            return "gone"
        except SpaceTaken:
            return "taken"  # by another driver, where there is no queue
        return "booked"

    def close() -> str:
        gate.wait()
        try:
            with transaction() as session:
                closing.close(
                    session,
                    actor=host,
                    space_id=space_id,
                    cancel_bookings=cancel_bookings,
                    now=utc_now(),
                )
        except BookingsAhead:
            return "refused"
        return "closed"

    with ThreadPoolExecutor(DRIVERS + 1) as pool:
        closed = pool.submit(close)
        told = list(pool.map(book, range(DRIVERS)))
        return [closed.result(), *told]


def standing(space_id: UUID) -> tuple[SpaceStatus, int]:
    """What a space is, and how many bays of it somebody has."""
    with transaction() as session:
        status = SpaceStatus(session.get_one(Space, space_id).status)
        query = select(func.count()).join(Occupancy, col(Occupancy.booking_id) == Booking.id)
        taken = session.exec(
            query.select_from(Booking).where(
                col(Booking.space_id) == space_id, col(Booking.status).in_(STANDING)
            )
        ).one()
        return status, taken


def test_whoever_books_at_that_moment_is_refused_or_called_off(host: User) -> None:
    told: set[str] = set()
    for _ in range(ROUNDS):
        space_id = lot(host)
        said = rush(host, space_id, cancel_bookings=True)
        assert said[0] == "closed"
        assert standing(space_id) == (SpaceStatus.RETIRED, 0)
        told.update(said)
    assert told == {"closed", "booked", "gone"}


def test_a_host_who_would_not_call_off_is_refused_or_nobody_has_a_stay(host: User) -> None:
    for _ in range(ROUNDS):
        space_id = lot(host)
        said = rush(host, space_id, cancel_bookings=False)
        status, taken = standing(space_id)
        if said[0] == "closed":
            assert (status, taken) == (SpaceStatus.RETIRED, 0)
        else:
            assert (status, taken) == (SpaceStatus.PUBLISHED, said.count("booked"))


def test_without_the_lock_somebody_would_be_left_there(committed_database: str, host: User) -> None:
    take_away(committed_database, constraint=False, lock=True)
    left = 0
    for _ in range(100):
        space_id = lot(host)
        rush(host, space_id, cancel_bookings=True)
        status, taken = standing(space_id)
        left += status == SpaceStatus.RETIRED and taken > 0
        if left:
            break
    assert left
