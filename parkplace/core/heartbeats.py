"""Signs of life from what runs by itself."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from parkplace.core.models import Heartbeat

JOBS = "jobs"
LATE = timedelta(minutes=1)


def beat(session: Session, *, name: str, now: datetime) -> None:
    """Write down that something ran."""
    fresh = insert(Heartbeat).values(name=name, at=now)
    session.exec(fresh.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def is_alive(session: Session, *, name: str, now: datetime) -> bool:
    """Whether it ran within the last minute."""
    last = session.get(Heartbeat, name)
    return last is not None and now - last.at < LATE
