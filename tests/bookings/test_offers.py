import pytest
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings import offers, queries
from parkplace.bookings.access import Caller
from parkplace.bookings.models import BookingEvent
from parkplace.bookings.moves import BookingMoved
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.quoting import PeriodPast, SpaceClosed, SpaceNotFound
from parkplace.core.money import Money
from parkplace.notifications.models import Email
from parkplace.spaces.hours import parse_weekly
from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.schedules import intern_schedule
from tests import factories as make
from tests.factories import HOUR, NEW_YORK, NOW, period


@pytest.fixture
def owen(session: Session) -> User:
    return make.owen(session)


def test_an_offer_says_what_is_free_and_what_it_costs(session: Session, owen: User) -> None:
    lot = make.space(session, owen, capacity=3)
    make.held(session, lot, make.dana(session), period(2, 3))
    offer = offers.offer(session, space_id=lot.id, period=period(1, 3), now=NOW)
    assert (offer.free, offer.price.total, offer.refusal) == (2, Money(1200, "USD"), None)


def test_a_hold_that_ran_out_takes_nothing(session: Session, owen: User) -> None:
    garage = make.space(session, owen)
    make.held(session, garage, make.dana(session), period(1, 3))
    offer = offers.offer(session, space_id=garage.id, period=period(1, 3), now=NOW)
    assert offer.free == 0
    offer = offers.offer(session, space_id=garage.id, period=period(1, 3), now=NOW + HOUR / 4)
    assert offer.free == 1


def test_what_nobody_could_book_says_why(session: Session, owen: User) -> None:
    weekly = [{"day": 5, "opens": "09:00", "closes": "14:00"}]
    hours = intern_schedule(session, hours=parse_weekly(weekly), timezone=NEW_YORK, now=NOW)
    garage = make.space(session, owen, schedule_id=hours)

    def refusal(start: float, hours: float) -> object:
        wanted = period(start, hours)
        return offers.offer(session, space_id=garage.id, period=wanted, now=NOW).refusal

    assert refusal(0, 2) is None
    assert isinstance(refusal(1, 2), SpaceClosed)
    assert isinstance(refusal(-2, 1), PeriodPast)


def test_a_space_that_is_not_listed_offers_nothing(session: Session, owen: User) -> None:
    draft = make.space(session, owen, status=SpaceStatus.DRAFT)
    with pytest.raises(SpaceNotFound):
        offers.offer(session, space_id=draft.id, period=period(1, 1), now=NOW)


def test_another_end_is_priced_and_nothing_changes(session: Session, owen: User) -> None:
    dana, garage = make.dana(session), make.space(session, owen)
    booking = make.confirmed(session, garage, dana, period(0, 2))
    seen = _state(session)
    price = offers.with_other_end(
        session,
        booking_id=booking.id,
        caller=Caller(user=dana),
        ends_at=NOW + 3 * HOUR,
        now=NOW + HOUR,
    )
    assert price.total == Money(1200, "USD")
    assert _state(session) == seen
    view = queries.view(session, booking_id=booking.id, caller=Caller(user=dana), now=NOW)
    assert view.ends_at == NOW + 2 * HOUR


def test_another_end_that_is_taken_is_refused(session: Session, owen: User) -> None:
    dana, garage = make.dana(session), make.space(session, owen)
    booking = make.confirmed(session, garage, dana, period(0, 2))
    make.confirmed(session, garage, make.sam(session), period(2.5, 1))
    seen = _state(session)
    with pytest.raises(SpaceTaken):
        offers.with_other_end(
            session,
            booking_id=booking.id,
            caller=Caller(user=dana),
            ends_at=NOW + 3 * HOUR,
            now=NOW + HOUR,
        )
    assert _state(session) == seen


def test_leaving_now_is_priced_and_nothing_changes(session: Session, owen: User) -> None:
    dana, garage = make.dana(session), make.space(session, owen)
    booking = make.confirmed(session, garage, dana, period(0, 2))
    caller, seen = Caller(user=dana), _state(session)
    price = offers.if_left_now(session, booking_id=booking.id, caller=caller, now=NOW + HOUR)
    assert price.total == Money(400, "USD")
    assert _state(session) == seen


def test_a_stay_that_has_not_begun_cannot_be_left(session: Session, owen: User) -> None:
    dana = make.dana(session)
    booking = make.confirmed(session, make.space(session, owen), dana, period(1, 2))
    with pytest.raises(BookingMoved):
        offers.if_left_now(session, booking_id=booking.id, caller=Caller(user=dana), now=NOW)


def _state(session: Session) -> tuple[int, int]:
    """How many events and letters there are."""
    return (
        len(session.exec(select(BookingEvent.id)).all()),
        len(session.exec(select(col(Email.id))).all()),
    )
