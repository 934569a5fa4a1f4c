"""Signs of life from what runs by itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, func, select

from parkplace.core.models import Heartbeat

JOBS = "jobs"
JOB = "job:"  # before the name of a single one
LATE = timedelta(minutes=1)


def beat(session: Session, *, name: str, now: datetime) -> None:
    """Write down that something ran."""
    fresh = insert(Heartbeat).values(name=name, at=now)
    session.exec(fresh.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def note(session: Session, *, last: Mapping[str, datetime]) -> None:
    """Write down when each of several things last ran; another process may know of a later time."""
    if not last:
        return
    fresh = insert(Heartbeat).values([{"name": name, "at": at} for name, at in last.items()])
    latest = func.greatest(fresh.excluded.at, col(Heartbeat.at))
    session.exec(fresh.on_conflict_do_update(index_elements=["name"], set_={"at": latest}))


def all_of(session: Session) -> dict[str, datetime]:
    """Return when everything that ever wrote it down last ran."""
    return {beat.name: beat.at for beat in session.exec(select(Heartbeat))}


def is_alive(session: Session, *, name: str, now: datetime) -> bool:
    """Whether it ran within the last minute."""
    last = session.get(Heartbeat, name)
    return last is not None and now - last.at < LATE
