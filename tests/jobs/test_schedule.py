import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from parkplace.bookings import clockwork
from parkplace.bookings.models import Booking, BookingEvent, BookingStatus
from parkplace.core import heartbeats, logs
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from parkplace.core.times import Period
from parkplace.jobs import heartbeat, schedule, tidy
from parkplace.notifications.models import Email, EmailStatus
from tests import factories as make
from tests.factories import HOUR, NOW, period

PATIENCE = 20


def test_a_stays_end_is_looked_for_every_second() -> None:
    for job in ("stays", "charges"):
        _, seconds = schedule.EVERY[job]
        assert seconds <= 1


def test_the_running_schedule_ends_a_stay_and_sends_its_mail(committed_database: str) -> None:
    assert committed_database
    now = utc_now()
    with transaction() as session:
        plot = make.space(session, make.owen(session), hour_minor=0, day_cap_minor=None)
        stay = Period(now, now + timedelta(seconds=1))
        booking = make.confirmed(session, plot, make.dana(session), stay, now=now)
    scheduler = schedule.start()
    try:
        ended = _eventually(lambda: _status(booking) == BookingStatus.COMPLETED)
        mailed = _eventually(lambda: _kept_mails() == {"confirmed", "ended"})
    finally:
        scheduler.shutdown(wait=True)
    assert ended
    assert mailed


def test_two_schedulers_at_once_move_everything_once(committed_database: str) -> None:
    assert committed_database
    with transaction() as session:
        lot = make.space(session, make.owen(session), capacity=40)
        for number in range(40):
            driver = make.person(session, f"Driver{number}")
            make.confirmed(session, lot, driver, period(1, 3))
    for job, at in ((clockwork.begin_stays, NOW + HOUR), (clockwork.end_stays, NOW + 4 * HOUR)):
        _twice_at_once(job, at)
    with transaction() as session:
        rows = session.exec(
            select(BookingEvent.to_status, func.count()).group_by(col(BookingEvent.to_status))
        )
        assert dict(rows.all()) == {"held": 40, "confirmed": 40, "active": 40, "completed": 40}


def test_a_job_that_fails_is_logged_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise RuntimeError("the database is away")

    job = schedule.guarded("stays", fails)
    job()
    job()
    assert caplog.text.count("RuntimeError: the database is away") == 2


def test_each_run_of_a_job_has_a_name_for_its_lines() -> None:
    names: list[str] = []
    job = schedule.guarded("stays", lambda: names.append(logs.current()))
    job()
    job()
    assert names[0] != names[1]
    assert all(re.fullmatch(r"stays-[0-9a-f]{16}", name) for name in names)
    assert logs.current() == "-"


def test_one_booking_that_cannot_move_does_not_hold_up_the_rest(session: Session) -> None:
    lot = make.space(session, make.owen(session), capacity=2, hour_minor=0)
    broken = make.confirmed(session, lot, make.dana(session), period(0, 1))
    fine = make.confirmed(session, lot, make.sam(session), period(0, 1))
    broken.timezone = "Mars/Olympus"  # no mail can say when that was
    session.flush()
    clockwork.end_stays(now=NOW + HOUR)
    session.refresh(fine)
    session.refresh(broken)
    assert (fine.status, broken.status) == (BookingStatus.COMPLETED, BookingStatus.CONFIRMED)


def test_the_heartbeat_is_seen_for_a_minute(session: Session) -> None:
    now = utc_now()
    assert not heartbeats.is_alive(session, name=heartbeats.JOBS, now=now)
    heartbeat.run()
    session.expire_all()
    assert heartbeats.is_alive(session, name=heartbeats.JOBS, now=now)
    later = now + timedelta(minutes=2)
    assert not heartbeats.is_alive(session, name=heartbeats.JOBS, now=later)


def test_when_each_job_last_ended_well_is_written_down(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "LAST", {})
    schedule.guarded("fine", lambda: None)()
    schedule.guarded("broken", _break)()
    heartbeat.run()
    known = heartbeats.all_of(session)
    assert known["job:fine"] <= known[heartbeats.JOBS]
    assert "job:broken" not in known


def test_another_process_may_have_run_it_later(session: Session) -> None:
    heartbeats.note(session, last={"job:stays": NOW})
    heartbeats.note(session, last={"job:stays": NOW - HOUR, "job:tidy": NOW})
    heartbeats.note(session, last={})
    assert heartbeats.all_of(session) == {"job:stays": NOW, "job:tidy": NOW}


def test_tidying_an_empty_house_is_fine(session: Session) -> None:
    assert session
    tidy.run()


def _break() -> None:
    raise RuntimeError("it does")


def _twice_at_once(job: Callable[..., int], now: object) -> None:
    threads = [threading.Thread(target=job, kwargs={"now": now}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _status(booking: Booking) -> str:
    with transaction() as session:
        return session.exec(select(Booking.status).where(col(Booking.id) == booking.id)).one()


def _kept_mails() -> set[str]:
    with transaction() as session:
        kept = select(Email.kind).where(col(Email.status) == EmailStatus.KEPT)
        return set(session.exec(kept))


def _eventually(happened: Callable[[], bool]) -> bool:
    """Look until it has happened, or patience ends."""
    pause = threading.Event()
    return any(happened() or pause.wait(0.1) for _ in range(PATIENCE * 10))
