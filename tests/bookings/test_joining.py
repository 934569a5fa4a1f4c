from contextlib import suppress

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings import queries, service, transactions
from parkplace.bookings.access import Caller
from parkplace.bookings.joining import join_guest_bookings
from parkplace.bookings.models import Booking, BookingEvent
from parkplace.bookings.moves import BookingMoved, Role
from parkplace.core.db import transaction
from parkplace.core.money import Money
from parkplace.payments import attempts
from parkplace.payments.models import AttemptKind
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.factories import HOUR, NOW, period


def guest(session: Session) -> User:
    """Somebody who was a guest and now has an account with the same address."""
    return make.person(session, "Guest")


def test_a_guests_bookings_become_the_accounts(session: Session) -> None:
    lot = make.space(session, make.owen(session), capacity=9)
    theirs = [make.confirmed(session, lot, None, period(n, 1)) for n in (1, 2)]
    danas = make.confirmed(session, lot, make.dana(session), period(1, 1))
    user = guest(session)

    assert join_guest_bookings(session, user=user, now=NOW) == 2

    listed = queries.of_driver(session, user=user, when=queries.When.UPCOMING, now=NOW)
    assert [view.id for view in listed] == [booking.id for booking in theirs]
    assert {view.role for view in listed} == {Role.DRIVER}
    session.refresh(danas)
    assert danas.driver_id != user.id


def test_the_guests_link_goes_on_working(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.confirmed(session, garage, None, period(1, 1))
    join_guest_bookings(session, user=guest(session), now=NOW)
    linked = Caller(manages=booking.id)
    assert queries.view(session, booking_id=booking.id, caller=linked, now=NOW).role == Role.GUEST


def test_it_is_written_down_once(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.confirmed(session, garage, None, period(1, 1))
    user = guest(session)
    counts = [join_guest_bookings(session, user=user, now=NOW) for _ in range(3)]
    assert counts == [1, 0, 0]
    said = select(BookingEvent).where(col(BookingEvent.why) == "joined the account")
    (event,) = session.exec(said).all()
    assert (event.booking_id, event.actor_id, event.to_status) == (booking.id, user.id, "confirmed")


def test_nobody_else_gets_them(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    make.confirmed(session, garage, None, period(1, 1))
    assert join_guest_bookings(session, user=make.sam(session), now=NOW) == 0


def test_what_the_guest_paid_is_among_the_accounts_payments(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.confirmed(session, garage, None, period(1, 1))
    attempts.begin(
        session,
        order_id=booking.id,
        kind=AttemptKind.CHARGE,
        amount=Money(400, "USD"),
        params={},
        now=NOW,
    )
    user = guest(session)
    assert not transactions.of(session, user=user)
    join_guest_bookings(session, user=user, now=NOW)
    (charge,) = transactions.of(session, user=user)
    assert (charge.reference, charge.amount) == (booking.reference, Money(400, "USD"))


def test_a_booking_that_moves_at_the_same_time_joins_all_the_same(committed_database: str) -> None:
    """The account is proved while the driver's browser changes the plate: both are done."""
    assert committed_database
    with transaction() as session:
        garage = make.space(session, make.owen(session))
        booking = make.confirmed(session, garage, None, period(1, 3))
        user = guest(session)

    def act(what: str) -> None:
        with transaction() as session:
            if what == "join":
                join_guest_bookings(session, user=user, now=NOW)
            else:
                change_plate(session, booking, what)

    at_once(act, ["join", "AB1", "join", "CD2", "join"])

    with transaction() as session:
        after = session.get_one(Booking, booking.id)
        joined = select(BookingEvent).where(col(BookingEvent.why) == "joined the account")
        assert len(session.exec(joined).all()) == 1
    assert after.driver_id == user.id
    assert after.plate in {"AB1", "CD2"}


def change_plate(session: Session, booking: Booking, plate: str) -> None:
    with suppress(BookingMoved):
        service.change_plate(
            session,
            booking_id=booking.id,
            caller=Caller(manages=booking.id),
            plate=plate,
            region="",
            now=NOW + HOUR / 4,
        )
