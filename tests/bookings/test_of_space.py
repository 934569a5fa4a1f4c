from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import clockwork, service
from parkplace.bookings.access import Caller
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.of_space import of_space
from parkplace.bookings.viewing import status_at
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound
from parkplace.spaces.service import NotTheHost, SpaceRetired
from tests.factories import HOUR, NOW, ada, confirmed, dana, held, owen, period, sam, space
from tests.statements import statements


def references(session: Session, where: Space, viewer: User, **asked: Any) -> list[str]:
    given: dict[str, Any] = {"now": NOW} | asked
    found = of_space(session, viewer=viewer, space_id=where.id, **given)
    return [view.reference for view in found]


def test_what_begins_last_comes_first_page_by_page(session: Session) -> None:
    host = owen(session)
    lot, other = space(session, host, capacity=9), space(session, host)
    confirmed(session, other, None, period(1, 1))
    made = [confirmed(session, lot, None, period(n % 3, 1)) for n in range(7)]
    expected = [
        booking.reference
        for booking in sorted(made, key=lambda one: (one.starts_at, one.id), reverse=True)
    ]
    assert references(session, lot, host) == expected
    seen: list[str] = []
    after = None
    while found := of_space(session, viewer=host, space_id=lot.id, now=NOW, limit=2, after=after):
        seen += [view.reference for view in found]
        after = found[-1].id
    assert seen == expected


def test_a_period_and_states_narrow_it_down(session: Session) -> None:
    host, driver = owen(session), dana(session)
    lot = space(session, host, capacity=9)
    running = confirmed(session, lot, driver, period(0, 2))
    ahead = confirmed(session, lot, driver, period(5, 2))
    called_off = confirmed(session, lot, driver, period(5, 2))
    service.cancel(session, booking_id=called_off.id, caller=Caller(user=host), now=NOW)

    def found(*statuses: BookingStatus, **asked: Any) -> set[str]:
        return set(references(session, lot, host, statuses=statuses, **asked))

    assert found(BookingStatus.ACTIVE) == {running.reference}
    assert found(BookingStatus.CONFIRMED) == {ahead.reference}
    both = {ahead.reference, called_off.reference}
    assert found(BookingStatus.CONFIRMED, BookingStatus.CANCELLED) == both
    assert found(BookingStatus.DECLINED) == set()
    assert found(during=period(1, 4)) == {running.reference}
    assert found(during=period(2, 3)) == set()
    assert found(during=period(6, 1)) == both


def test_holds_that_came_to_nothing_are_no_business_of_the_host(session: Session) -> None:
    host, driver = owen(session), dana(session)
    lot = space(session, host, capacity=9)
    hold = held(session, lot, driver, period(1, 1))
    assert references(session, lot, host) == [hold.reference]
    assert references(session, lot, host, now=NOW + HOUR / 2) == []
    service.cancel(session, booking_id=hold.id, caller=Caller(user=driver), now=NOW)
    assert references(session, lot, host) == []


def test_who_may_see_them(session: Session) -> None:
    host, stranger, admin = owen(session), sam(session), ada(session)
    lot = space(session, host)
    hidden = space(session, host, status=SpaceStatus.DRAFT)
    gone = space(session, host, status=SpaceStatus.RETIRED)
    confirmed(session, lot, dana(session), period(1, 1))

    (seen,) = of_space(session, viewer=host, space_id=lot.id, now=NOW)
    assert (seen.role, seen.can) == (Role.HOST, {"cancel"})
    (seen,) = of_space(session, viewer=admin, space_id=lot.id, now=NOW)
    assert seen.role == Role.ADMIN
    with pytest.raises(NotTheHost):
        references(session, lot, stranger)
    with pytest.raises(SpaceNotFound):
        references(session, hidden, stranger)
    with pytest.raises(SpaceRetired):
        references(session, gone, host)
    assert references(session, hidden, host) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(BookingStatus),
    st.floats(-5, 5),
    st.floats(0.1, 5),
    st.floats(-1, 1),
)
def test_a_state_is_looked_for_as_it_is_shown(
    session: Session, stored: BookingStatus, start: float, hours: float, lapses: float
) -> None:
    with session.begin_nested() as trial:
        host = owen(session)
        lot = space(session, host)
        when = period(start, hours)
        booking = Booking(
            reference="8Q4-KX2H",
            space_id=lot.id,
            host_id=host.id,
            bay=1,
            email="guest@example.com",
            status=stored,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            timezone=lot.timezone,
            hour_minor=400,
            currency="USD",
            created_at=NOW,
            expires_at=NOW + timedelta(minutes=lapses),
            payment_method="pm_1",
        )
        session.add(booking)
        session.flush()
        shown = status_at(booking, now=NOW)
        found = {
            status for status in BookingStatus if references(session, lot, host, statuses=[status])
        }
        assert found == {shown}
        trial.rollback()


def test_it_asks_as_often_for_thirty_as_for_one(session: Session) -> None:
    host = owen(session)
    small, large = space(session, host), space(session, host, capacity=30)
    confirmed(session, small, None, period(1, 1))
    for _ in range(30):
        confirmed(session, large, None, period(1, 1))
    session.flush()

    def asked(where: Space) -> int:
        session.expunge_all()
        with statements() as sent:
            of_space(session, viewer=host, space_id=where.id, now=NOW, limit=100)
        return len(sent)

    assert asked(small) == asked(large) == 3


def test_ended_stays_are_found_by_the_clock_and_by_the_book(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=2)
    booking = confirmed(session, lot, dana(session), period(0, 1))
    done = [BookingStatus.COMPLETED]
    after = NOW + 2 * HOUR
    assert references(session, lot, host, statuses=done, now=after) == [booking.reference]
    clockwork.end_stays(now=after)
    assert references(session, lot, host, statuses=done, now=after) == [booking.reference]
