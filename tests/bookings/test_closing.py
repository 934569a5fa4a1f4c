from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings import closing, service
from parkplace.bookings.access import Caller
from parkplace.bookings.closing import BookingsAhead
from parkplace.bookings.models import BookingEvent, BookingStatus, Occupancy
from parkplace.bookings.quoting import SpaceClosed, SpaceNotFound
from parkplace.notifications.models import Email
from parkplace.spaces import queries
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.service import NotTheHost, SpaceRetired
from tests.factories import (
    HOUR,
    NOW,
    ada,
    confirmed,
    dana,
    held,
    owen,
    period,
    sam,
    saved,
    space,
)

LATER = NOW + HOUR


def close(session: Session, where: Space, actor: User, *, cancel_bookings: bool = False) -> None:
    closing.close(
        session, actor=actor, space_id=where.id, cancel_bookings=cancel_bookings, now=LATER
    )


def letters(session: Session) -> list[tuple[str, str]]:
    found = session.exec(select(Email).order_by(col(Email.id)))
    return [(mail.kind, mail.to_address) for mail in found if mail.kind != "confirmed"]


def bays(session: Session) -> int:
    return len(session.exec(select(Occupancy)).all())


def test_a_space_without_bookings_is_taken_down(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    close(session, garage, host)
    assert garage.status == SpaceStatus.RETIRED
    with pytest.raises(SpaceNotFound):
        held(session, garage, dana(session), period(2, 1))


def test_what_is_over_is_in_nobodys_way(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    booking = confirmed(session, garage, dana(session), period(0, 0.5))
    service.finish(session, booking, garage, by=service.Actor(service.Role.CLOCK), now=LATER)
    cancelled = confirmed(session, garage, sam(session), period(3, 1))
    service.cancel(session, booking_id=cancelled.id, caller=Caller(user=host), now=NOW)
    close(session, garage, host)
    assert garage.status == SpaceStatus.RETIRED


def test_stays_ahead_are_counted_and_nothing_is_changed(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=3)
    confirmed(session, lot, dana(session), period(3, 1))
    running = confirmed(session, lot, sam(session), period(0, 3))
    with pytest.raises(BookingsAhead) as refused:
        close(session, lot, host)
    assert refused.value.details == {"count": "2"}
    assert (lot.status, running.status) == (SpaceStatus.PUBLISHED, BookingStatus.CONFIRMED)
    assert bays(session) == 2


def test_they_are_called_off_as_the_host_with_letters(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=3, instant=False)
    asked = confirmed(session, lot, dana(session), period(3, 1))
    booked = confirmed(session, lot, sam(session), period(3, 1))
    service.approve(session, booking_id=booked.id, caller=Caller(user=host), now=NOW)
    assert (asked.status, booked.status) == (BookingStatus.REQUESTED, BookingStatus.CONFIRMED)

    close(session, lot, host, cancel_bookings=True)

    assert (asked.status, booked.status) == (BookingStatus.CANCELLED, BookingStatus.CANCELLED)
    assert (lot.status, bays(session)) == (SpaceStatus.RETIRED, 0)
    told = [to for kind, to in letters(session) if kind == "cancelled"]
    assert told == ["dana@example.com", "owen@example.com", "sam@example.com", "owen@example.com"]
    event = session.exec(
        select(BookingEvent)
        .where(col(BookingEvent.booking_id) == booked.id)
        .order_by(col(BookingEvent.id).desc())
    ).first()
    assert event is not None
    assert (event.actor, event.actor_id, event.why) == ("host", host.id, closing.WHY)


def test_what_is_only_held_is_let_go_without_a_word(session: Session) -> None:
    host, driver = owen(session), dana(session)
    garage = space(session, host)
    hold = held(session, garage, driver, period(3, 1), now=LATER - timedelta(minutes=5))
    close(session, garage, host)
    assert (hold.status, bays(session), letters(session)) == (BookingStatus.CANCELLED, 0, [])
    # The card page was open meanwhile.
    assert saved(session, hold.id, now=LATER).status == BookingStatus.CANCELLED
    assert bays(session) == 0


def test_a_hold_that_ran_out_before_is_not_had_after_all(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    hold = held(session, garage, dana(session), period(3, 1))
    close(session, garage, host)
    assert hold.status == BookingStatus.EXPIRED
    assert saved(session, hold.id, now=LATER).status == BookingStatus.EXPIRED
    assert bays(session) == 0


def test_a_running_stay_ends_as_booked_or_earlier_but_no_later(session: Session) -> None:
    host, driver = owen(session), dana(session)
    garage = space(session, host)
    stay = confirmed(session, garage, driver, period(0, 3))
    close(session, garage, host, cancel_bookings=True)

    assert (garage.status, stay.status) == (SpaceStatus.RETIRED, BookingStatus.CONFIRMED)
    caller = Caller(user=driver)
    with pytest.raises(SpaceClosed, match="not offered any more"):
        service.change_end(
            session, booking_id=stay.id, caller=caller, ends_at=NOW + 4 * HOUR, now=LATER
        )
    service.change_end(
        session, booking_id=stay.id, caller=caller, ends_at=NOW + 2 * HOUR, now=LATER
    )
    left = service.leave(session, booking_id=stay.id, caller=caller, now=LATER)
    assert left.status == BookingStatus.COMPLETED


def test_who_may(session: Session) -> None:
    host, stranger, admin = owen(session), sam(session), ada(session)
    garage, draft = space(session, host), space(session, host, status=SpaceStatus.DRAFT)
    confirmed(session, garage, dana(session), period(3, 1))

    with pytest.raises(NotTheHost):
        close(session, garage, stranger, cancel_bookings=True)
    with pytest.raises(queries.SpaceNotFound):
        close(session, draft, stranger, cancel_bookings=True)
    assert (garage.status, bays(session)) == (SpaceStatus.PUBLISHED, 1)

    close(session, garage, admin, cancel_bookings=True)
    assert (garage.status, bays(session)) == (SpaceStatus.RETIRED, 0)
    event = session.exec(select(BookingEvent).order_by(col(BookingEvent.id).desc())).first()
    assert event is not None
    assert event.actor == "admin"
    with pytest.raises(SpaceRetired):
        close(session, garage, host)
