from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from parkplace.bookings import clockwork, holding
from parkplace.bookings.access import NOBODY, Caller
from parkplace.bookings.models import Booking, BookingStatus, Occupancy
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.quoting import (
    PeriodPast,
    PeriodTooFar,
    PeriodTooLong,
    QuoteGone,
    SpaceClosed,
    SpaceNotFound,
    quote,
)
from parkplace.core.plates import BadPlate
from parkplace.core.times import EmptyPeriod, Period
from parkplace.notifications.models import Email
from parkplace.spaces.hours import parse_weekly
from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.schedules import intern_schedule
from tests import factories as make
from tests.factories import HOUR, NEW_YORK, NOW, period


def occupancies(session: Session) -> list[Occupancy]:
    return list(session.exec(select(Occupancy)))


def test_dana_holds_a_space_for_ten_minutes(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    booking = make.held(session, garage, dana, period(1, 3))
    assert booking.status == BookingStatus.HELD
    assert (booking.bay, booking.driver_id, booking.email) == (1, dana.id, dana.email)
    assert booking.expires_at == NOW + timedelta(minutes=10)
    [row] = occupancies(session)
    assert (row.booking_id, row.expires_at) == (booking.id, booking.expires_at)


def test_a_held_space_is_taken_for_everyone_else(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    make.held(session, garage, make.dana(session), period(1, 3))
    sam = make.sam(session)
    for overlapping in (period(1, 3), period(0, 1.5), period(3.9, 1), period(2, 0.5)):
        with pytest.raises(SpaceTaken):
            make.held(session, garage, sam, overlapping)
    assert len(occupancies(session)) == 1


def test_stays_may_touch(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    make.held(session, garage, dana, period(1, 3))
    make.held(session, garage, dana, period(0, 1))
    make.held(session, garage, dana, period(4, 1))
    assert len(occupancies(session)) == 3


def test_a_space_of_three_bays_takes_three(session: Session) -> None:
    lot = make.space(session, make.owen(session), capacity=3)
    drivers = [make.person(session, name) for name in ("One", "Two", "Three", "Four")]
    bays = [make.held(session, lot, driver, period(1, 3)).bay for driver in drivers[:3]]
    assert bays == [1, 2, 3]
    with pytest.raises(SpaceTaken):
        make.held(session, lot, drivers[3], period(1, 3))


def test_an_overdue_hold_is_free_by_the_clock_though_no_job_ran(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    first = make.held(session, garage, dana, period(1, 3))
    later = NOW + timedelta(minutes=10)
    second = make.held(session, garage, make.sam(session), period(1, 3), now=later)
    assert second.status == BookingStatus.HELD
    session.refresh(first)
    assert first.status == BookingStatus.EXPIRED
    assert [row.booking_id for row in occupancies(session)] == [second.id]


def test_a_guest_needs_an_address(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    with pytest.raises(holding.EmailNeeded):
        holding.hold(
            session, caller=NOBODY, space_id=garage.id, period=period(1, 1), email=" ", now=NOW
        )
    guest = make.held(session, garage, None, period(1, 1))
    assert (guest.driver_id, guest.email) == (None, "guest@example.com")


@pytest.mark.parametrize(
    ("when", "error"),
    [
        (period(-1, 3), PeriodPast),
        (period(-3, 1), PeriodPast),
        (period(1, 24 * 31), PeriodTooLong),
        (period(1, 24 * 3652), PeriodTooLong),
        (period(24 * 366, 1), PeriodTooFar),
    ],
)
def test_periods_that_cannot_be_booked(
    session: Session, when: Period, error: type[Exception]
) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    with pytest.raises(error):
        make.held(session, garage, dana, when)
    assert not occupancies(session)


def test_an_end_before_the_start_is_no_period() -> None:
    with pytest.raises(EmptyPeriod):
        period(2, -1)


def test_now_may_have_begun_a_few_minutes_ago(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    assert make.held(session, garage, dana, period(-0.2, 1)).status == BookingStatus.HELD


def test_a_space_that_is_not_listed_cannot_be_held(session: Session) -> None:
    owen, dana = make.owen(session), make.dana(session)
    for status in (SpaceStatus.DRAFT, SpaceStatus.PAUSED, SpaceStatus.RETIRED):
        with pytest.raises(SpaceNotFound):
            make.held(session, make.space(session, owen, status=status), dana, period(1, 1))


def test_opening_hours_count(session: Session) -> None:
    hours = parse_weekly([{"day": 5, "opens": "09:00", "closes": "19:00"}])  # Saturdays
    schedule = intern_schedule(session, hours=hours, timezone=NEW_YORK, now=NOW)
    dana = make.dana(session)
    garage = make.space(session, make.owen(session), schedule_id=schedule)
    assert make.held(session, garage, dana, period(1, 6)).bay == 1  # 13:00 to 19:00
    with pytest.raises(SpaceClosed):
        make.held(session, garage, dana, period(6, 1.25))  # 18:00 to 19:15
    with pytest.raises(SpaceClosed):
        make.held(session, garage, dana, period(24, 1))  # Sunday


def test_nobody_holds_more_than_three_spaces(session: Session) -> None:
    lot, dana = make.space(session, make.owen(session), capacity=9), make.dana(session)
    for _ in range(3):
        make.held(session, lot, dana, period(1, 1))
    with pytest.raises(holding.TooManyHolds):
        make.held(session, lot, dana, period(1, 1))
    later = NOW + timedelta(minutes=11)
    assert make.held(session, lot, dana, period(1, 1), now=later).bay == 1


def test_a_quote_is_honoured_though_the_host_raises_the_price(session: Session) -> None:
    garage, dana = make.space(session, make.owen(session)), make.dana(session)
    kept = quote(session, space_id=garage.id, period=period(1, 3), now=NOW)
    assert kept.total_minor == 1200
    garage.hour_minor = 900
    session.flush()
    soon = NOW + timedelta(minutes=14)
    booking = holding.hold(session, caller=Caller(user=dana), quote_id=kept.id, now=soon)
    assert booking.hour_minor == 400
    late = NOW + timedelta(minutes=15)
    with pytest.raises(QuoteGone):
        holding.hold(session, caller=Caller(user=dana), quote_id=kept.id, now=late)


def test_plates_are_kept_in_one_spelling(session: Session) -> None:
    garage = make.space(session, make.owen(session), capacity=2)
    caller = Caller(user=make.dana(session))
    booking = holding.hold(
        session,
        caller=caller,
        space_id=garage.id,
        period=period(1, 1),
        plate="klm-48 21",
        plate_region="ny",
        now=NOW,
    )
    assert (booking.plate, booking.plate_region) == ("KLM4821", "NY")
    with pytest.raises(BadPlate):
        holding.hold(
            session,
            caller=caller,
            space_id=garage.id,
            period=period(1, 1),
            plate="<b>x</b>",
            now=NOW,
        )


def test_a_saved_card_confirms_the_hold(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.confirmed(session, garage, make.dana(session), period(1, 3))
    assert booking.status == BookingStatus.CONFIRMED
    assert booking.card == "Visa ···· 4242"
    [row] = occupancies(session)
    assert row.expires_at is None
    [mail] = session.exec(select(Email).where(col(Email.kind) == "confirmed"))
    assert mail.to_address == "dana@example.com"


def test_a_card_saved_twice_confirms_once(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.confirmed(session, garage, make.dana(session), period(1, 3))
    assert make.saved(session, booking.id).status == BookingStatus.CONFIRMED
    assert len(session.exec(select(Email).where(col(Email.kind) == "confirmed")).all()) == 1


def test_paying_late_takes_the_space_again_if_it_is_free(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.held(session, garage, make.dana(session), period(1, 3))
    late = NOW + timedelta(minutes=12)
    other = make.held(session, garage, make.sam(session), period(9, 1), now=late)
    assert other.bay == 1  # which also dropped Dana's overdue hold
    assert make.saved(session, booking.id, now=late).status == BookingStatus.CONFIRMED
    assert len(occupancies(session)) == 2


def test_paying_late_gets_nothing_when_someone_else_was_quicker(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.held(session, garage, make.dana(session), period(1, 3))
    late = NOW + timedelta(minutes=12)
    sams = make.held(session, garage, make.sam(session), period(2, 3), now=late)
    assert make.saved(session, booking.id, now=late).status == BookingStatus.EXPIRED
    assert [row.booking_id for row in occupancies(session)] == [sams.id]


def test_paying_after_the_stay_would_have_ended_gets_nothing(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.held(session, garage, make.dana(session), period(0, 0.25))
    late = NOW + HOUR
    session.refresh(booking)
    holding.drop_overdue(session, space=garage, now=late)
    assert make.saved(session, booking.id, now=late).status == BookingStatus.EXPIRED


def test_a_space_that_is_not_instant_asks_its_host(session: Session) -> None:
    garage = make.space(session, make.owen(session), instant=False)
    booking = make.confirmed(session, garage, make.dana(session), period(5, 3))
    assert booking.status == BookingStatus.REQUESTED
    assert booking.expires_at == NOW + 5 * HOUR  # until it would begin
    kinds = {mail.kind: mail.to_address for mail in session.exec(select(Email))}
    assert kinds == {"requested": "owen@example.com"}


def test_holds_expire_by_the_clock(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    booking = make.held(session, garage, make.dana(session), period(1, 3))
    assert clockwork.expire_holds(now=NOW + timedelta(minutes=9, seconds=59)) == 0
    assert clockwork.expire_holds(now=NOW + timedelta(minutes=10)) == 1
    assert clockwork.expire_holds(now=NOW + timedelta(minutes=10)) == 0
    assert session.get_one(Booking, booking.id, populate_existing=True).status == "expired"
    assert not occupancies(session)
