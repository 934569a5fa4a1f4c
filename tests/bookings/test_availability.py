from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import availability, offers, service
from parkplace.bookings.access import Caller
from parkplace.bookings.availability import Availability
from parkplace.bookings.blocks import Blocked, BlockMeetsBookings
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.quoting import SpaceClosed
from parkplace.bookings.search import near
from parkplace.core.geo import Point
from parkplace.spaces import queries
from parkplace.spaces.exceptions import DatedHours
from parkplace.spaces.hours import Hours, Interval
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound
from parkplace.spaces.service import NotTheHost, SpaceRetired
from tests.factories import HOUR, NOW, ada, confirmed, dana, held, owen, period, sam, space

SATURDAYS = Hours((Interval(5, 9 * 60, 19 * 60),))
TODAY = date(2026, 11, 21)
CLOSED_TODAY = (DatedHours(TODAY, TODAY, ()),)
UNTIL_THREE = (DatedHours(TODAY, TODAY, ((9 * 60, 15 * 60),)),)
STAY = period(1, 3)  # 13:00 to 16:00


def say(session: Session, where: Space, who: User, **said: Any) -> None:
    wanted = Availability(**said)
    availability.replace(session, actor=who, space_id=where.id, wanted=wanted, now=NOW)


def read(session: Session, where: Space, who: User | None) -> Availability:
    return availability.availability(session, space_id=where.id, viewer=who, now=NOW)


def test_what_is_said_comes_back_whole(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    assert read(session, garage, host) == Availability()
    blocks = (Blocked(period(2, 1), note="Painting"),)
    say(session, garage, host, hours=SATURDAYS, exceptions=UNTIL_THREE, blocks=blocks)
    assert read(session, garage, host) == Availability(SATURDAYS, UNTIL_THREE, blocks)
    say(session, garage, host)
    assert read(session, garage, host) == Availability()


def test_everybody_knows_the_hours_and_the_host_alone_the_blocks(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    blocks = (Blocked(period(2, 1), note="I am at the dentist"),)
    say(session, garage, host, hours=SATURDAYS, exceptions=UNTIL_THREE, blocks=blocks)
    for viewer in (None, sam(session)):
        assert read(session, garage, viewer) == Availability(SATURDAYS, UNTIL_THREE)
    assert read(session, garage, ada(session)).blocks == blocks
    assert queries.space(session, space_id=garage.id).exceptions == UNTIL_THREE


def test_a_date_that_is_closed_is_closed_for_search_and_booking(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    here = Point(lat=garage.lat, lng=garage.lng)

    def found() -> int:
        return len(near(session, point=here, radius_m=500, period=STAY, now=NOW).items)

    assert found() == 1
    for exceptions in (CLOSED_TODAY, UNTIL_THREE):
        say(session, garage, host, exceptions=exceptions)
        assert found() == 0
        with pytest.raises(SpaceClosed):
            held(session, garage, dana(session) if exceptions is CLOSED_TODAY else None, STAY)
    assert held(session, garage, None, period(1, 2))


def test_shorter_hours_touch_no_booking_that_was_made(session: Session) -> None:
    host, driver = owen(session), dana(session)
    garage = space(session, host)
    booking = confirmed(session, garage, driver, STAY)
    say(session, garage, host, exceptions=UNTIL_THREE)

    assert (booking.status, booking.ends_at) == (BookingStatus.CONFIRMED, STAY.ends_at)
    offer = offers.offer(session, space_id=garage.id, period=STAY, now=NOW)
    assert offer.free == 0
    caller = Caller(user=driver)

    def until(hours: float) -> None:
        ends = NOW + hours * HOUR
        service.change_end(session, booking_id=booking.id, caller=caller, ends_at=ends, now=NOW)

    until(3.5)
    assert booking.ends_at == NOW + 3.5 * HOUR
    with pytest.raises(SpaceClosed):
        until(3.75)


def test_a_block_in_the_way_of_a_booking_changes_nothing(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    confirmed(session, garage, dana(session), STAY)
    with pytest.raises(BlockMeetsBookings), session.begin_nested():
        say(session, garage, host, hours=SATURDAYS, blocks=(Blocked(period(2, 1)),))
    session.refresh(garage)
    assert read(session, garage, host) == Availability()


def test_who_may_say_it(session: Session) -> None:
    host, stranger = owen(session), sam(session)
    garage = space(session, host)
    hidden = space(session, host, status=SpaceStatus.PAUSED)
    gone = space(session, host, status=SpaceStatus.RETIRED)

    with pytest.raises(NotTheHost):
        say(session, garage, stranger, hours=SATURDAYS)
    with pytest.raises(SpaceNotFound):
        say(session, hidden, stranger, hours=SATURDAYS)
    with pytest.raises(SpaceNotFound):
        read(session, hidden, stranger)
    with pytest.raises(SpaceRetired):
        say(session, gone, host, hours=SATURDAYS)
    with pytest.raises(SpaceNotFound):
        read(session, gone, host)
    assert read(session, garage, host) == Availability()

    say(session, garage, ada(session), hours=SATURDAYS)
    say(session, hidden, host, hours=SATURDAYS)
    assert read(session, garage, None).hours == read(session, hidden, host).hours == SATURDAYS
