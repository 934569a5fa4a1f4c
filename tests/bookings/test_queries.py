import pytest
from sqlmodel import Session

from parkplace.bookings import queries, service
from parkplace.bookings.access import NOBODY, BookingNotFound, Caller
from parkplace.bookings.queries import When
from parkplace.core.money import Money
from tests import factories as make
from tests.factories import HOUR, NOW, period


def test_dana_sees_what_is_now_upcoming_and_past(session: Session) -> None:
    owen, dana = make.owen(session), make.dana(session)
    garage = make.space(session, owen, capacity=9)
    now = make.confirmed(session, garage, dana, period(0, 3))
    soon = make.confirmed(session, garage, dana, period(5, 1))
    later = make.confirmed(session, garage, dana, period(9, 1))
    gone = make.confirmed(session, garage, dana, period(2, 1))
    service.cancel(session, booking_id=gone.id, caller=Caller(user=dana), now=NOW)

    def listed(when: When) -> list[object]:
        found = queries.of_driver(session, user=dana, when=when, now=NOW)
        return [booking.id for booking in found]

    assert listed(When.NOW) == [now.id]
    assert listed(When.UPCOMING) == [soon.id, later.id]
    assert listed(When.PAST) == [gone.id]
    assert len(queries.of_host(session, user=owen, when=When.UPCOMING, now=NOW)) == 2


def test_a_host_is_not_bothered_with_holds_that_came_to_nothing(session: Session) -> None:
    owen, dana = make.owen(session), make.dana(session)
    garage = make.space(session, owen, capacity=9)
    make.held(session, garage, dana, period(1, 1))
    given_up = make.held(session, garage, dana, period(1, 1))
    service.cancel(session, booking_id=given_up.id, caller=Caller(user=dana), now=NOW)
    changed = make.confirmed(session, garage, dana, period(3, 1))
    service.cancel(session, booking_id=changed.id, caller=Caller(user=dana), now=NOW)

    past = queries.of_host(session, user=owen, when=When.PAST, now=NOW + HOUR)

    assert [booking.id for booking in past] == [changed.id]
    assert len(queries.of_driver(session, user=dana, when=When.PAST, now=NOW + HOUR)) == 3


def test_lists_are_paged_without_gaps_or_repeats(session: Session) -> None:
    dana = make.dana(session)
    lot = make.space(session, make.owen(session), capacity=9)
    made = [make.confirmed(session, lot, dana, period(1, 1)).id for _ in range(5)]
    for when, now in ((When.UPCOMING, NOW), (When.PAST, NOW + 9 * HOUR)):
        first = queries.of_driver(session, user=dana, when=when, now=now, limit=2)
        seen = [view.id for view in first]
        while page := queries.of_driver(
            session, user=dana, when=when, now=now, after=seen[-1], limit=2
        ):
            seen += [view.id for view in page]
        assert sorted(seen) == sorted(made)


def test_the_clock_decides_though_no_job_ran(session: Session) -> None:
    dana = make.dana(session)
    garage = make.space(session, make.owen(session))
    held = make.held(session, garage, dana, period(1, 3))
    caller = Caller(user=dana)

    def at(hours: float) -> queries.BookingView:
        return queries.view(session, booking_id=held.id, caller=caller, now=NOW + hours * HOUR)

    assert (at(0).status, at(0).can) == ("held", {"pay", "cancel"})
    assert (at(0.5).status, at(0.5).can) == ("expired", {"hold_again"})
    make.saved(session, held.id)
    assert (at(0.5).status, at(0.5).can) == ("confirmed", {"cancel", "change"})
    assert (at(1).status, at(1).can) == ("active", {"leave", "change", "check_in"})
    over = at(4)
    assert (over.status, over.can, over.due) == ("completed", frozenset(), Money(1200, "USD"))


def test_a_view_shows_lines_that_add_up(session: Session) -> None:
    dana = make.dana(session)
    booking = make.confirmed(session, make.space(session, make.owen(session)), dana, period(0, 26))
    view = queries.view(session, booking_id=booking.id, caller=Caller(user=dana), now=NOW)
    assert [line.text for line in view.lines] == [
        "24 h at the day price of $27.00",
        "2 h at $4.00 an hour",
    ]
    assert view.total == Money(3500, "USD")
    assert view.due == view.paid == Money(0, "USD")


def test_a_guests_booking_opens_with_its_token_only(session: Session) -> None:
    lot = make.space(session, make.owen(session), capacity=2)
    mine = make.confirmed(session, lot, None, period(0, 1))
    other = make.confirmed(session, lot, None, period(0, 1))
    view = queries.view(session, booking_id=mine.id, caller=Caller(manages=mine.id), now=NOW)
    assert view.role == "guest"
    for stranger in (NOBODY, Caller(manages=other.id), Caller(user=make.sam(session))):
        with pytest.raises(BookingNotFound):
            queries.view(session, booking_id=mine.id, caller=stranger, now=NOW)
        with pytest.raises(BookingNotFound):
            queries.events(session, booking_id=mine.id, caller=stranger)
