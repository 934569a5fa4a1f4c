from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings import clockwork, moves, queries, service
from parkplace.bookings.access import NOBODY, BookingNotFound, Caller, NotYours
from parkplace.bookings.models import (
    Booking,
    BookingEvent,
    BookingStatus,
    Occupancy,
    PaymentStatus,
)
from parkplace.bookings.moves import BookingMoved
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.quoting import PeriodTooLong
from parkplace.bookings.service import CheckInClosed
from parkplace.bookings.settlement import settlement
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.notifications.models import Email
from parkplace.payments.models import LedgerEntry
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.factories import HOUR, NOW, period


def as_(user: object) -> Caller:
    return Caller(user=user)  # pyright: ignore[reportArgumentType]


def kinds(session: Session) -> list[str]:
    return [mail.kind for mail in session.exec(select(Email).order_by(col(Email.id)))]


def test_dana_cancels_before_the_start_and_pays_nothing(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    service.cancel(session, booking_id=booking.id, caller=as_(dana), now=NOW + HOUR / 2)
    assert booking.status == BookingStatus.CANCELLED
    assert not session.exec(select(Occupancy)).all()
    assert settlement(booking, now=NOW + 9 * HOUR).due == Money(0, "USD")
    assert kinds(session) == ["confirmed", "cancelled", "cancelled"]


def test_a_stay_that_has_begun_is_ended_not_cancelled(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    with pytest.raises(BookingMoved):
        service.cancel(session, booking_id=booking.id, caller=as_(dana), now=NOW + HOUR)
    assert clockwork.begin_stays(now=NOW + HOUR) == 1
    session.refresh(booking)
    with pytest.raises(BookingMoved):
        service.cancel(session, booking_id=booking.id, caller=as_(dana), now=NOW + HOUR)
    assert booking.status == BookingStatus.ACTIVE


def test_leaving_early_frees_the_bay_and_costs_what_was_used(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    clockwork.begin_stays(now=NOW + HOUR)
    left = NOW + HOUR + timedelta(minutes=70)
    service.leave(session, booking_id=booking.id, caller=as_(dana), now=left)
    assert booking.status == BookingStatus.COMPLETED
    assert settlement(booking, now=left).due == Money(500, "USD")  # 1 h 15 min
    assert (booking.payment_status, booking.next_charge_at) == (PaymentStatus.DUE, left)
    assert not session.exec(select(Occupancy)).all()
    make.held(session, garage, make.sam(session), period(2.5, 1), now=left)


def test_a_stay_left_at_once_still_costs_its_first_quarter_hour(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(0, 3))
    service.leave(session, booking_id=booking.id, caller=as_(dana), now=NOW)
    assert settlement(booking, now=NOW).due == Money(100, "USD")


def test_the_clock_ends_a_stay_and_writes_what_is_due(session: Session) -> None:
    owen = make.owen(session)
    booking = make.confirmed(session, make.space(session, owen), make.dana(session), period(1, 3))
    over = NOW + 4 * HOUR
    assert clockwork.end_stays(now=over - timedelta(seconds=1)) == 0
    assert clockwork.end_stays(now=over) == 1
    session.refresh(booking)
    assert booking.status == BookingStatus.COMPLETED
    entries = session.exec(select(LedgerEntry)).all()
    assert {(entry.account, entry.amount_minor, entry.owner_id) for entry in entries} == {
        ("driver", 1200, None),
        ("host", -1200, owen.id),
    }


def test_a_free_stay_ends_with_a_mail_and_nothing_due(session: Session) -> None:
    plot = make.space(session, make.owen(session), hour_minor=0, day_cap_minor=None)
    booking = make.confirmed(session, plot, make.dana(session), period(1, 3))
    clockwork.end_stays(now=NOW + 4 * HOUR)
    session.refresh(booking)
    assert booking.payment_status == PaymentStatus.NOTHING_DUE
    assert kinds(session) == ["confirmed", "ended"]
    assert not session.exec(select(LedgerEntry)).all()


def test_the_receipt_of_a_stay_left_early_says_how_long_it_was(session: Session) -> None:
    plot = make.space(session, make.owen(session), hour_minor=0, day_cap_minor=None)
    dana = make.dana(session)
    booking = make.confirmed(session, plot, dana, period(0, 3))
    service.leave(session, booking_id=booking.id, caller=as_(dana), now=NOW + HOUR)
    receipt = session.exec(select(Email).where(col(Email.kind) == "ended")).one()
    assert "1:00 PM" in receipt.text.replace("\u202f", " ")
    assert "3:00 PM" not in receipt.text.replace("\u202f", " ")


def test_extending_keeps_the_bay_and_the_old_price(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    garage.hour_minor = 900
    service.change_end(
        session, booking_id=booking.id, caller=as_(dana), ends_at=NOW + 6 * HOUR, now=NOW
    )
    assert booking.ends_at == NOW + 6 * HOUR
    assert settlement(booking, now=NOW).total == Money(2000, "USD")
    with pytest.raises(SpaceTaken):
        make.held(session, garage, make.sam(session), period(5, 1))
    # The old end passes and nothing happens; the stay ends at the new one.
    assert clockwork.end_stays(now=NOW + 5 * HOUR) == 0
    assert clockwork.end_stays(now=NOW + 6 * HOUR) == 1


def test_an_extension_into_the_next_booking_is_refused_and_changes_nothing(
    session: Session,
) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    make.held(session, garage, make.sam(session), period(5, 1))
    with pytest.raises(SpaceTaken), session.begin_nested():
        service.change_end(
            session, booking_id=booking.id, caller=as_(dana), ends_at=NOW + 5.5 * HOUR, now=NOW
        )
    session.refresh(booking)
    assert booking.ends_at == NOW + 4 * HOUR
    service.change_end(
        session, booking_id=booking.id, caller=as_(dana), ends_at=NOW + 5 * HOUR, now=NOW
    )


@pytest.mark.parametrize(("hours", "error"), [(0.5, service.BadEnd), (24 * 40, PeriodTooLong)])
def test_ends_that_make_no_sense(session: Session, hours: float, error: type[Exception]) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    with pytest.raises(error):
        service.change_end(
            session, booking_id=booking.id, caller=as_(dana), ends_at=NOW + hours * HOUR, now=NOW
        )


def test_owen_approves_a_request(session: Session) -> None:
    owen = make.owen(session)
    garage = make.space(session, owen, instant=False)
    booking = make.confirmed(session, garage, make.dana(session), period(5, 3))
    service.approve(session, booking_id=booking.id, caller=as_(owen), now=NOW + HOUR)
    assert booking.status == BookingStatus.CONFIRMED
    assert clockwork.expire_holds(now=NOW + 5 * HOUR) == 0
    assert kinds(session) == ["requested", "confirmed"]


def test_owen_declines_a_request(session: Session) -> None:
    owen = make.owen(session)
    garage = make.space(session, owen, instant=False)
    booking = make.confirmed(session, garage, make.dana(session), period(5, 3))
    service.decline(
        session, booking_id=booking.id, caller=as_(owen), why="My van is there.", now=NOW
    )
    assert booking.status == BookingStatus.DECLINED
    assert not session.exec(select(Occupancy)).all()


def test_a_request_nobody_answers_expires(session: Session) -> None:
    owen = make.owen(session)
    garage = make.space(session, owen, instant=False)
    booking = make.confirmed(session, garage, make.dana(session), period(48, 3))
    assert clockwork.expire_holds(now=NOW + 24 * HOUR) == 1
    session.refresh(booking)
    with pytest.raises(BookingMoved):
        service.approve(session, booking_id=booking.id, caller=as_(owen), now=NOW + 25 * HOUR)


def test_who_may_do_what_to_danas_booking(session: Session) -> None:
    owen, dana, sam, ada = (
        make.owen(session),
        make.dana(session),
        make.sam(session),
        make.ada(session),
    )
    garage = make.space(session, owen, capacity=9)
    booking = make.confirmed(session, garage, dana, period(0, 3))
    other = make.confirmed(session, garage, None, period(0, 3))
    for stranger in (as_(sam), NOBODY, Caller(manages=other.id)):
        with pytest.raises(BookingNotFound):
            service.leave(session, booking_id=booking.id, caller=stranger, now=NOW)
        with pytest.raises(BookingNotFound):
            service.cancel(session, booking_id=booking.id, caller=stranger, now=NOW)
    with pytest.raises(NotYours):
        service.leave(session, booking_id=booking.id, caller=as_(owen), now=NOW)
    with pytest.raises(NotYours):
        service.approve(session, booking_id=booking.id, caller=as_(dana), now=NOW)
    service.leave(session, booking_id=other.id, caller=Caller(manages=other.id), now=NOW)
    service.leave(session, booking_id=booking.id, caller=as_(ada), now=NOW)
    assert booking.status == other.status == BookingStatus.COMPLETED


def test_every_move_is_written_down(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(0, 3))
    clockwork.begin_stays(now=NOW)
    service.leave(session, booking_id=booking.id, caller=as_(dana), now=NOW + HOUR)
    written = session.exec(
        select(BookingEvent).where(col(BookingEvent.booking_id) == booking.id).order_by("id")
    )
    assert [(move.actor, move.from_status, move.to_status) for move in written] == [
        ("driver", None, "held"),
        ("stripe", "held", "confirmed"),
        ("clock", "confirmed", "active"),
        ("driver", "active", "completed"),
    ]


def test_of_two_who_change_one_booking_at_once_one_is_told(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    session.connection().exec_driver_sql(
        "UPDATE bookings SET changes = changes + 1 WHERE id = %s", (str(booking.id),)
    )
    with pytest.raises(BookingMoved):
        moves.cancel(session, booking, by=moves.CLOCK, why="", now=NOW)


def booking_of(minutes: int, left_after: int | None, status: BookingStatus) -> Booking:
    starts = NOW
    return Booking(
        reference="x",
        space_id=new_id(),
        host_id=new_id(),
        bay=1,
        email="x@example.com",
        status=status,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        left_at=None if left_after is None else starts + timedelta(minutes=left_after),
        timezone="UTC",
        hour_minor=400,
        day_cap_minor=2700,
        currency="USD",
        created_at=starts,
        expires_at=starts,
    )


@given(
    st.integers(1, 40_000),
    st.none() | st.integers(1, 50_000),
    st.sampled_from(BookingStatus),
    st.integers(-100, 60_000),
)
def test_a_settlement_adds_up_and_is_never_due_early(
    minutes: int, left_after: int | None, status: BookingStatus, later: int
) -> None:
    booking = booking_of(minutes, left_after, status)
    result = settlement(booking, now=NOW + timedelta(minutes=later))
    assert sum(line.amount.minor for line in result.lines) == result.total.minor
    assert result.due.minor in {0, result.total.minor}
    if status in {BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.DECLINED}:
        assert result.total.minor == 0
    if status == BookingStatus.COMPLETED:
        assert result.due == result.total
    whole = settlement(booking_of(minutes, None, status), now=NOW)
    assert result.total.minor <= whole.total.minor


class TestCheckingIn:
    """Somebody notes that the driver is there."""

    @pytest.fixture
    def booking(self, session: Session) -> Booking:
        """Dana's stay in Owen's garage, from 1 p.m. to 4 p.m."""
        garage = make.space(session, make.owen(session))
        return make.confirmed(session, garage, make.dana(session), period(1, 3))

    @pytest.mark.parametrize("hours", [0.75, 1, 3.99])
    def test_from_a_quarter_of_an_hour_before_to_the_end(
        self, session: Session, booking: Booking, hours: float
    ) -> None:
        dana, now = caller(session, booking), NOW + hours * HOUR
        service.check_in(session, booking_id=booking.id, caller=dana, now=now)
        assert (booking.checked_in_at, booking.status) == (now, BookingStatus.CONFIRMED)
        arrived = queries.events(session, booking_id=booking.id, caller=dana)[-1]
        assert (arrived.actor, arrived.why) == ("driver", "arrived")

    @pytest.mark.parametrize("hours", [0.74, 4, 40])
    def test_neither_earlier_nor_later(
        self, session: Session, booking: Booking, hours: float
    ) -> None:
        dana = caller(session, booking)
        with pytest.raises(CheckInClosed):
            service.check_in(session, booking_id=booking.id, caller=dana, now=NOW + hours * HOUR)
        assert booking.checked_in_at is None

    def test_a_cancelled_stay_has_no_arrival(self, session: Session, booking: Booking) -> None:
        dana = caller(session, booking)
        service.cancel(session, booking_id=booking.id, caller=dana, now=NOW)
        with pytest.raises(CheckInClosed):
            service.check_in(session, booking_id=booking.id, caller=dana, now=NOW + HOUR)

    def test_twice_is_no_error_and_the_first_counts(
        self, session: Session, booking: Booking
    ) -> None:
        dana, owen = caller(session, booking), Caller(user=session.get_one(User, booking.host_id))
        for who, hours in ((owen, 1), (dana, 2)):
            service.check_in(session, booking_id=booking.id, caller=who, now=NOW + hours * HOUR)
        assert booking.checked_in_at == NOW + HOUR
        arrivals = queries.events(session, booking_id=booking.id, caller=dana)
        assert [event.actor for event in arrivals if event.why == "arrived"] == ["host"]

    def test_a_stranger_learns_nothing_and_notes_nothing(
        self, session: Session, booking: Booking
    ) -> None:
        for stranger in (NOBODY, Caller(user=make.sam(session)), Caller(manages=new_id())):
            with pytest.raises(BookingNotFound):
                service.check_in(session, booking_id=booking.id, caller=stranger, now=NOW + HOUR)

    def test_everybody_at_once_notes_one_arrival(self, committed_database: str) -> None:
        assert committed_database
        with transaction() as session:
            garage = make.space(session, make.owen(session))
            booking = make.confirmed(session, garage, None, period(1, 3))

        def arrive(_: int) -> datetime | None:
            guest = Caller(manages=booking.id)
            with transaction() as session:
                return service.check_in(
                    session, booking_id=booking.id, caller=guest, now=NOW + HOUR
                ).checked_in_at

        assert at_once(arrive, range(6)) == [NOW + HOUR] * 6
        with transaction() as session:
            arrivals = select(BookingEvent).where(col(BookingEvent.why) == "arrived")
            assert len(session.exec(arrivals).all()) == 1


def caller(session: Session, booking: Booking) -> Caller:
    return Caller(user=session.get_one(User, booking.driver_id))
