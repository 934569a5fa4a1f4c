from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from parkplace.core.db import sql, transaction
from parkplace.spaces.exceptions import DatedHours, Exceptions
from parkplace.spaces.hours import ALWAYS, Hours, Interval
from parkplace.spaces.models import Schedule
from parkplace.spaces.schedules import (
    Opening,
    intern_schedule,
    intern_schedules,
    opening_of,
    recompile_due,
)
from tests.factories import NEW_YORK, NOW

BERLIN = "Europe/Berlin"
OFFICE = Hours((Interval(0, 540, 1140), Interval(5, 600, 840)))
NIGHTS = Hours((Interval(4, 1320, 1800),))


def is_open(session: Session, schedule_id: UUID | None, moment: datetime) -> bool:
    found = sql(
        session,
        "SELECT open_during @> CAST(:moment AS timestamptz) FROM schedules WHERE id = :id",
        moment=moment,
        id=schedule_id,
    )
    return bool(found.scalar_one())


def wall(day: int, hour: int, zone: str = NEW_YORK) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo(zone))


def test_always_open_needs_no_schedule(session: Session) -> None:
    assert intern_schedule(session, hours=ALWAYS, timezone=NEW_YORK, now=NOW) is None
    assert not session.exec(select(Schedule)).all()


def test_the_database_knows_when_a_schedule_is_open(session: Session) -> None:
    schedule = intern_schedule(session, hours=OFFICE, timezone=NEW_YORK, now=NOW)
    assert is_open(session, schedule, wall(23, 9))
    assert is_open(session, schedule, wall(28, 13))
    assert not is_open(session, schedule, wall(23, 19))
    assert not is_open(session, schedule, wall(24, 9))


def test_a_night_that_began_yesterday_is_still_open(session: Session) -> None:
    saturday_at_three = wall(21, 3)
    schedule = intern_schedule(session, hours=NIGHTS, timezone=NEW_YORK, now=saturday_at_three)
    assert is_open(session, schedule, saturday_at_three)
    assert is_open(session, schedule, wall(20, 23))


def test_equal_hours_share_one_row_and_zones_do_not(session: Session) -> None:
    first = intern_schedule(session, hours=OFFICE, timezone=NEW_YORK, now=NOW)
    again = intern_schedule(session, hours=OFFICE, timezone=NEW_YORK, now=NOW + timedelta(days=3))
    elsewhere = intern_schedule(session, hours=OFFICE, timezone=BERLIN, now=NOW)
    assert first == again != elsewhere


def test_many_are_interned_at_once(session: Session) -> None:
    known = intern_schedule(session, hours=OFFICE, timezone=NEW_YORK, now=NOW)
    wanted = [
        Opening(OFFICE, NEW_YORK),
        Opening(NIGHTS, NEW_YORK),
        Opening(OFFICE, NEW_YORK),
        Opening(NIGHTS, BERLIN),
        Opening(ALWAYS, BERLIN),
    ]
    found = intern_schedules(session, wanted=wanted, now=NOW)
    assert set(found) == set(wanted)
    assert found[Opening(OFFICE, NEW_YORK)] == known
    assert found[Opening(ALWAYS, BERLIN)] is None
    assert len(set(found.values())) == 4


def test_schedules_are_renewed_when_less_than_370_days_are_known(session: Session) -> None:
    schedule = intern_schedule(session, hours=OFFICE, timezone=NEW_YORK, now=NOW)
    next_year = datetime(2027, 12, 27, 9, tzinfo=ZoneInfo(NEW_YORK))
    assert recompile_due(session, now=NOW + timedelta(days=28)) == 0
    assert not is_open(session, schedule, next_year)

    a_month_on = NOW + timedelta(days=30)
    assert recompile_due(session, now=a_month_on) == 1
    assert is_open(session, schedule, next_year)
    assert not is_open(session, schedule, next_year.replace(hour=20))
    assert recompile_due(session, now=a_month_on) == 0


def test_two_at_once_make_one_row(committed_database: str) -> None:
    assert committed_database
    together = Barrier(8)

    def intern(_: int) -> UUID | None:
        with transaction() as session:
            together.wait()
            return intern_schedule(session, hours=OFFICE, timezone=NEW_YORK, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(intern, range(8)))
    assert len(found) == 1
    with transaction() as session:
        assert [row.id for row in session.exec(select(Schedule))] == list(found)


CLOSED = (DatedHours(date(2026, 11, 23), date(2026, 11, 24), ()),)
SHORT = (DatedHours(date(2026, 11, 23), date(2026, 11, 23), ((540, 600),)),)


def interned(session: Session, exceptions: Exceptions, hours: Hours | None = OFFICE) -> UUID | None:
    return intern_schedule(session, hours=hours, timezone=NEW_YORK, exceptions=exceptions, now=NOW)


def test_other_exceptions_are_another_schedule(session: Session) -> None:
    rows = {interned(session, exceptions) for exceptions in ((), CLOSED, SHORT, CLOSED)}
    assert len(rows) == 3
    assert interned(session, ()) == intern_schedule(
        session, hours=OFFICE, timezone=NEW_YORK, now=NOW
    )


def test_exceptions_are_compiled_and_compiled_on(session: Session) -> None:
    short = interned(session, SHORT)
    assert is_open(session, short, wall(23, 9))
    assert not is_open(session, short, wall(23, 10))
    schedule = session.get_one(Schedule, short)
    before = schedule.open_during
    schedule.compiled_until = NOW
    session.flush()
    assert recompile_due(session, now=NOW) == 1
    session.refresh(schedule)
    assert schedule.open_during == before


def test_always_but_for_a_date_is_a_schedule(session: Session) -> None:
    schedule = interned(session, CLOSED, hours=ALWAYS)
    assert is_open(session, schedule, wall(22, 23))
    assert not is_open(session, schedule, wall(23, 0))
    assert not is_open(session, schedule, wall(24, 23))
    assert is_open(session, schedule, wall(25, 0))
    row = session.get_one(Schedule, schedule)
    assert opening_of(row.weekly, row.exceptions, timezone=NEW_YORK) == Opening(
        ALWAYS, NEW_YORK, CLOSED
    )
    row.compiled_until = NOW
    session.flush()
    assert recompile_due(session, now=NOW) == 1
    assert not is_open(session, schedule, wall(24, 12))
