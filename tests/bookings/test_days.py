from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import availability, blocks, days
from parkplace.bookings.availability import Availability
from parkplace.bookings.blocks import Blocked
from parkplace.bookings.days import BadDays, Bays, Calendar
from parkplace.bookings.models import BookingStatus, Occupancy
from parkplace.core.times import Period
from parkplace.spaces.exceptions import DatedHours
from parkplace.spaces.hours import Hours, Interval
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound
from tests.bookings.crowds import take
from tests.factories import (
    HOUR,
    NOW,
    ada,
    confirmed,
    dana,
    held,
    owen,
    period,
    person,
    sam,
    space,
)
from tests.statements import statements

TODAY = date(2026, 11, 21)
SATURDAYS = Hours((Interval(5, 9 * 60, 19 * 60),))


def asked(session: Session, where: Space, **given: Any) -> Calendar:
    known: dict[str, Any] = {"viewer": None, "first": TODAY, "last": TODAY, "now": NOW}
    return days.calendar(session, space_id=where.id, **(known | given))


def at(hour: float) -> datetime:
    """A time of day at the space, on this Saturday; 24 is midnight."""
    return datetime(2026, 11, 21, 5, tzinfo=UTC) + hour * HOUR


def spans(calendar: Calendar) -> list[tuple[datetime, datetime, int, int]]:
    return [
        (bays.period.starts_at, bays.period.ends_at, bays.free, bays.taken)
        for day in calendar.days
        for bays in day.bays
    ]


def test_a_day_says_when_it_is_open_and_what_is_free_from_now_on(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=2)
    said = Availability(SATURDAYS)
    availability.replace(session, actor=host, space_id=lot.id, wanted=said, now=NOW)
    confirmed(session, lot, dana(session), period(1, 2))
    confirmed(session, lot, sam(session), period(2, 3))

    (day,) = asked(session, lot).days
    assert (day.date, day.open) == (TODAY, (Period(at(9), at(19)),))
    assert spans(asked(session, lot)) == [
        (at(12), at(13), 2, 0),
        (at(13), at(14), 1, 1),
        (at(14), at(15), 0, 2),
        (at(15), at(17), 1, 1),
        (at(17), at(19), 2, 0),
    ]


def test_what_is_taken_for_a_minute_is_taken_for_the_quarter_hour(session: Session) -> None:
    lot = space(session, owen(session), capacity=2)
    minute = timedelta(minutes=1)
    take(session, lot, Period(at(13) + 20 * minute, at(13) + 21 * minute))
    take(session, lot, Period(at(13) + 22 * minute, at(13) + 31 * minute))
    assert [found for found in spans(asked(session, lot)) if found[3]] == [
        (at(13.25), at(13.75), 1, 1)
    ]


def test_exceptions_are_counted_and_closed_dates_are_empty(session: Session) -> None:
    host = owen(session)
    lot = space(session, host)
    closed = (DatedHours(TODAY + timedelta(days=1), TODAY + timedelta(days=2), ()),)
    said = Availability(None, closed)
    availability.replace(session, actor=host, space_id=lot.id, wanted=said, now=NOW)
    shown = asked(session, lot, last=TODAY + timedelta(days=3)).days
    assert [len(day.open) for day in shown] == [1, 0, 0, 1]
    assert [len(day.bays) for day in shown] == [1, 0, 0, 1]


def test_days_are_cut_at_the_spaces_midnight_and_last_23_or_25_hours(session: Session) -> None:
    lot = space(session, owen(session))
    for day, hours in ((date(2027, 3, 14), 23), (date(2027, 11, 7), 25), (date(2027, 1, 1), 24)):
        (shown,) = asked(session, lot, first=day, last=day).days
        assert [period.duration for period in shown.open] == [timedelta(hours=hours)]


def test_overdue_holds_and_bays_there_are_not_take_none(session: Session) -> None:
    lot = space(session, owen(session), capacity=1)
    held(session, lot, dana(session), period(1, 1))
    take(session, lot, period(1, 1), bay=2)
    assert {taken for *_, taken in spans(asked(session, lot))} == {0, 1}
    later = asked(session, lot, now=NOW + timedelta(minutes=11))
    assert {taken for *_, taken in spans(later)} == {0}


def test_the_past_is_open_or_not_but_nobodys_to_have(session: Session) -> None:
    lot = space(session, owen(session))
    (yesterday,) = asked(session, lot, first=date(2026, 11, 20), last=date(2026, 11, 20)).days
    assert (len(yesterday.open), yesterday.bays) == (1, ())


def test_a_month_from_today_is_shown_if_nothing_is_said(session: Session) -> None:
    lot = space(session, owen(session))
    late = datetime(2026, 11, 22, 4, tzinfo=UTC)  # still Saturday in New York
    shown = asked(session, lot, first=None, last=None, now=late).days
    assert (shown[0].date, shown[-1].date) == (TODAY, TODAY + timedelta(days=30))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - timedelta(days=1)),
        (TODAY, TODAY + timedelta(days=92)),
        (date(1999, 12, 31), TODAY),
        (date.max, date.max),
        (date.max, None),
        (date.min, date.min),
    ],
)
def test_days_that_are_none_are_refused(session: Session, first: date, last: date | None) -> None:
    lot = space(session, owen(session))
    with pytest.raises(BadDays) as refused:
        asked(session, lot, first=first, last=last)
    assert refused.value.field in {"from", "to"}


def test_its_host_sees_what_is_blocked_and_booked(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=4)
    drivers = [dana(session), sam(session), person(session, "Kim")]
    stays = [confirmed(session, lot, who, period(n, 2)) for n, who in enumerate(drivers)]
    held(session, lot, None, period(2, 2), now=NOW - timedelta(minutes=20))  # nobody paid for it
    confirmed(session, lot, None, period(40, 2))
    block = Blocked(period(3, 1), (4,), "Painting")
    blocks.replace(session, space=lot, blocks=[block], now=NOW)

    for viewer in (host, ada(session)):
        shown = asked(session, lot, viewer=viewer)
        assert (shown.blocks, shown.complete) == ((block,), True)
        assert shown.bookings is not None
        assert [stay.reference for stay in shown.bookings] == [stay.reference for stay in stays]
        assert [stay.bay for stay in shown.bookings] == [1, 2, 1]
        assert shown.bookings[0].status == BookingStatus.ACTIVE
        assert shown.bookings[1].status == BookingStatus.CONFIRMED
    shown = asked(session, lot, viewer=drivers[1])
    assert (shown.blocks, shown.bookings) == (None, None)


def test_no_more_than_a_thousand_stays_are_shown_at_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "BOOKINGS_MOST", 2)
    host = owen(session)
    lot = space(session, host, capacity=3)
    for number in range(3):
        confirmed(session, lot, None, period(number, 2))
    shown = asked(session, lot, viewer=host)
    assert shown.bookings is not None
    assert (len(shown.bookings), shown.complete) == (2, False)


def test_who_may_see_it(session: Session) -> None:
    host, stranger = owen(session), sam(session)
    draft = space(session, host, status=SpaceStatus.DRAFT)
    gone = space(session, host, status=SpaceStatus.RETIRED)
    assert asked(session, draft, viewer=host).days
    for where, viewer in ((draft, None), (draft, stranger), (gone, host)):
        with pytest.raises(SpaceNotFound):
            asked(session, where, viewer=viewer)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 20 * 60), st.integers(1, 300)), max_size=25
    ),
    st.integers(1, 3),
)
def test_free_is_what_nobody_has(
    session: Session, stays: list[tuple[int, int, int]], capacity: int
) -> None:
    with session.begin_nested() as trial:
        lot = space(session, owen(session), capacity=capacity)
        until: dict[int, datetime] = {}
        taken: list[tuple[int, Period]] = []
        for bay, gap, length in stays:
            begins = until.get(bay, NOW) + timedelta(minutes=gap)
            until[bay] = begins + timedelta(minutes=length)
            taken.append((bay, Period(begins, until[bay])))
            session.add(Occupancy(space_id=lot.id, bay=bay, during=taken[-1][1].range()))
        session.flush()
        shown = asked(session, lot, last=TODAY + timedelta(days=9))
        seen = [bays for day in shown.days for bays in day.bays]
        assert sum((bays.period.duration for bays in seen), timedelta()) == timedelta(hours=228)
        for bays in seen:
            assert bays == counted_by_hand(bays.period, taken, capacity)
        trial.rollback()


def counted_by_hand(span: Period, taken: list[tuple[int, Period]], capacity: int) -> Bays:
    """What is free for the first quarter hour of a span, and so for all of it."""
    quarter = Period(span.starts_at, span.starts_at + timedelta(minutes=15))
    bays = {bay for bay, stay in taken if bay <= capacity and stay.overlaps(quarter)}
    return Bays(span, capacity - len(bays), len(bays))


def test_it_asks_as_often_for_much_as_for_little(session: Session) -> None:
    host = owen(session)
    empty, full = space(session, host), space(session, host, capacity=100)
    for number in range(30):
        booking = confirmed(session, full, None, period(number, 2))
        booking.email = f"guest{number}@example.com"
        session.flush()
    said = [Blocked(period(30 + n, 1), (40,)) for n in range(30)]
    blocks.replace(session, space=full, blocks=said, now=NOW)
    session.flush()

    def sent_for(where: Space, viewer: User | None) -> int:
        session.expunge_all()
        with statements() as sent:
            asked(session, where, viewer=viewer, last=TODAY + timedelta(days=91))
        return len(sent)

    assert sent_for(empty, None) == sent_for(full, None) == 3
    assert sent_for(empty, host) == sent_for(full, host) == 5
