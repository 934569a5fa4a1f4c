from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings import queries, service
from parkplace.bookings.access import NOBODY, BookingNotFound, Caller
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.queries import PARTS, BookingView, Wanted, When
from parkplace.core import db
from parkplace.core.db import transaction
from parkplace.core.ids import new_id, new_reference
from parkplace.core.money import Money
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period
from tests.statements import statements


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


def rows(
    session: Session,
    space: Space,
    driver: User,
    *,
    status: BookingStatus,
    starts: float,
    **more: Any,
) -> Booking:
    """A row as a clock that runs late, or jobs that do not run at all, may have left it."""
    given: dict[str, Any] = {"expires_at": NOW, "ends_at": NOW + (starts + 1) * HOUR} | more
    booking = Booking(
        id=new_id(),
        reference=new_reference(),
        space_id=space.id,
        host_id=space.host_id,
        bay=1,
        driver_id=driver.id,
        email=driver.email,
        status=status,
        starts_at=NOW + starts * HOUR,
        timezone=space.timezone,
        hour_minor=400,
        currency="USD",
        created_at=NOW,
        **given,
    )
    session.add(booking)
    session.flush()
    return booking


MOMENTS = (-30.0, -1.0, 0.0, 1.0, 30.0)


@pytest.mark.parametrize("role", ["driver", "host"])
def test_a_lists_conditions_say_what_the_clock_says(session: Session, role: str) -> None:
    """Every status a row can have, at every moment that matters, in each list it belongs to."""
    dana = make.dana(session)
    garage = make.space(session, make.owen(session))
    host = session.get_one(User, garage.host_id)
    for status in BookingStatus:
        for starts in MOMENTS:
            for expires in (-1, 0, 1):
                at = NOW + expires * HOUR
                card = "pm_1"
                rows(
                    session,
                    garage,
                    dana,
                    status=status,
                    starts=starts,
                    expires_at=at,
                    payment_method=card,
                )
    find = queries.driven if role == "driver" else queries.hosted
    user = dana if role == "driver" else host

    def listed(wanted: Wanted) -> list[BookingView]:
        found: list[BookingView] = []
        while page := find(
            session,
            user=user,
            wanted=wanted,
            now=NOW,
            after=found[-1].id if found else None,
            limit=7,
        ):
            found += page
        return found

    everything = listed(Wanted())
    assert len(everything) == len({view.id for view in everything}) == 8 * 5 * 3
    for status in BookingStatus:
        expected = {view.id for view in everything if view.status == status}
        assert {view.id for view in listed(Wanted(statuses=frozenset({status})))} == expected
    parts = {when: {view.id for view in listed(Wanted(when))} for when in When}
    assert sum(len(parts[when]) for when in PARTS) == len(everything)
    assert parts[When.CURRENT] == parts[When.NOW] | parts[When.UPCOMING]
    assert parts[When.EXPIRED] == {v.id for v in everything if v.status == BookingStatus.COMPLETED}
    assert parts[When.EXPIRED] < parts[When.PAST]
    latest = [view.starts_at for view in listed(Wanted(When.PAST))]
    assert latest == sorted(latest, reverse=True)
    soonest = [view.starts_at for view in listed(Wanted(When.CURRENT))]
    assert soonest == sorted(soonest)


@given(st.floats(-80, 80), st.floats(0.1, 100))
def test_a_period_finds_what_overlaps_it(since: float, hours: float) -> None:
    asked = Wanted(since=NOW + since * HOUR, until=NOW + (since + hours) * HOUR)
    with transaction() as session:
        (dana,) = session.exec(select(User).where(col(User.name) == "Dana")).all()
        found = queries.driven(session, user=dana, wanted=asked, now=NOW, limit=100)
        every = session.exec(select(Booking)).all()
    assert asked.since is not None
    assert asked.until is not None
    expected = {
        booking.id
        for booking in every
        if booking.starts_at < asked.until and booking.ends_at > asked.since
    }
    assert {view.id for view in found} == expected


@pytest.fixture(autouse=True)
def _stays(request: pytest.FixtureRequest) -> None:
    """Stays of all lengths, for the test that asks about periods."""
    if "overlaps" not in request.node.name:
        return
    session: Session = request.getfixturevalue("session")
    dana = make.dana(session)
    garage = make.space(session, make.owen(session))
    for starts, hours in (
        (-100, 30 * 24),
        (-60, 1),
        (-20, 20),
        (-1, 2),
        (0, 0.25),
        (3, 60),
        (70, 5),
    ):
        ends_at = NOW + (starts + hours) * HOUR
        rows(
            session,
            garage,
            dana,
            status=BookingStatus.COMPLETED,
            starts=starts,
            ends_at=ends_at,
        )
    session.commit()


def test_another_persons_booking_is_no_place_in_a_list(session: Session) -> None:
    dana, sam = make.dana(session), make.sam(session)
    lot = make.space(session, make.owen(session), capacity=2)
    make.confirmed(session, lot, dana, period(1, 1))
    his = make.confirmed(session, lot, sam, period(1, 1))
    for wrong in (his.id, new_id()):
        with pytest.raises(queries.UnknownPage):
            queries.of_driver(session, user=dana, when=When.UPCOMING, now=NOW, after=wrong)


@pytest.mark.parametrize("when", [None, *When])
@pytest.mark.parametrize("role", ["driver", "host"])
def test_a_page_reads_as_many_rows_as_it_shows(
    session: Session, role: str, when: When | None
) -> None:
    """Of 2,000 bookings, a page of 5 touches a few; what PostgreSQL counts is what it read."""
    dana = make.dana(session)
    garage = make.space(session, make.owen(session))
    host = session.get_one(User, garage.host_id)
    crowd(session, driver=dana, space=garage, count=2000)
    db.sql(session, "ANALYZE bookings")
    find = queries.driven if role == "driver" else queries.hosted
    user = dana if role == "driver" else host

    def ask(after: UUID | None) -> list[BookingView]:
        return find(session, user=user, wanted=Wanted(when), now=NOW, after=after, limit=5)

    page = ask(None)
    assert page
    for after in (None, page[-1].id):
        before = read_of_bookings(session)
        with statements() as said:
            ask(after)
        assert len(said) == (2 if after is None else 3)
        # Up to five of each status, and those once more to show them.
        assert read_of_bookings(session) - before <= 5 * 14


def crowd(session: Session, *, driver: User, space: Space, count: int) -> None:
    """Bookings of a driver at a host's space, an hour apart, half of them over."""
    db.sql(
        session,
        """
        INSERT INTO bookings (id, reference, space_id, host_id, bay, driver_id, email, plate,
            plate_region, status, payment_status, starts_at, ends_at, timezone, hour_minor,
            currency, created_at, expires_at, payment_method, card, charge_attempts, changes)
        SELECT gen_random_uuid(), 'R' || n, :space, :host, 1, :driver, :email, '', '',
            CASE WHEN n >= :count / 2 THEN 'confirmed' WHEN n % 10 = 0 THEN 'cancelled'
                ELSE 'completed' END,
            'paid', starts, starts + interval '45 minutes', 'UTC', 400, 'USD', :now, :now, 'pm_1',
            '', 0, 0
        FROM generate_series(1, :count) n,
            LATERAL (SELECT :now + (n - :count / 2) * interval '1 hour' AS starts) s
        """,
        space=space.id,
        host=space.host_id,
        driver=driver.id,
        email=driver.email,
        count=count,
        now=NOW,
    )


def read_of_bookings(session: Session) -> int:
    """How many rows of bookings this transaction has read so far, as PostgreSQL counts."""
    return db.sql(
        session,
        """
        SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
        WHERE relname = 'bookings'
        """,
    ).scalar_one()
