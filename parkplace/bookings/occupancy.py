"""Taking bays and giving them back: the one place that decides what is free.

The exclusion constraint on `occupancies` makes a double booking impossible. The advisory lock
taken first keeps contenders in a queue, where without it they would meet PostgreSQL's deadlock
detector; it also makes "find a free bay, then take it" one step.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, delete, select, update

from parkplace.bookings.models import Occupancy, OccupancyKind
from parkplace.core import db
from parkplace.core.errors import Conflict
from parkplace.core.geo import Point, area_topic
from parkplace.core.times import Period
from parkplace.spaces.models import Space


class SpaceTaken(Conflict):
    """Raised when every bay of a space is taken for some of the period."""

    code = "space_taken"


def lock_space(session: Session, *, space_id: UUID) -> None:
    """Queue up for a space; held until the transaction ends."""
    db.lock(session, name="space", key=str(space_id))


def free_bay(session: Session, *, space: Space, period: Period) -> int:
    """Return the lowest bay that is free for the whole period.

    Call with the space locked and its overdue holds dropped; then it stays free until `take`.

    Raises:
        SpaceTaken: No bay is free.
    """
    taken = set(
        session.exec(
            select(Occupancy.bay).where(
                col(Occupancy.space_id) == space.id,
                col(Occupancy.during).op("&&")(period.range()),
            )
        )
    )
    bay = next((number for number in range(1, space.capacity + 1) if number not in taken), None)
    if bay is None:
        raise _taken()
    return bay


def take(
    session: Session,
    *,
    space: Space,
    bay: int,
    period: Period,
    booking_id: UUID,
    expires_at: datetime | None,
) -> None:
    """Take a bay for a booking, and write down what else is pending.

    Raises:
        SpaceTaken: Somebody else has it for some of the period; the transaction is lost.
    """
    row = Occupancy(
        space_id=space.id,
        bay=bay,
        during=period.range(),
        kind=OccupancyKind.BOOKING,
        booking_id=booking_id,
        expires_at=expires_at,
    )
    session.add(row)
    try:
        session.flush()
    except (IntegrityError, OperationalError) as error:
        raise _translated(error) from error
    signal(session, space=space)


def keep(session: Session, *, booking_id: UUID, expires_at: datetime | None) -> bool:
    """Make a booking's bay its own for good (None) or until `expires_at`; False if it is lost."""
    return _change(session, booking_id, {"expires_at": expires_at})


def change_period(session: Session, *, space: Space, booking_id: UUID, period: Period) -> bool:
    """Give a booking's bay another period; False if the booking has no bay.

    Raises:
        SpaceTaken: The bay is taken for some of the new period.
    """
    signal(session, space=space)
    try:
        with session.begin_nested():
            return _change(session, booking_id, {"during": period.range()})
    except (IntegrityError, OperationalError) as error:
        raise _translated(error) from error


def release(session: Session, *, space: Space, booking_id: UUID) -> None:
    """Free a booking's bay; freeing is deleting."""
    signal(session, space=space)
    session.exec(delete(Occupancy).where(col(Occupancy.booking_id) == booking_id))


def signal(session: Session, *, space: Space) -> None:
    """Tell open pages that what is free in a space has changed."""
    db.notify(session, topic=f"space:{space.id}")
    db.notify(session, topic=area_topic(Point(lat=space.lat, lng=space.lng)))


def _change(session: Session, booking_id: UUID, values: dict[str, Any]) -> bool:
    changed = session.exec(
        update(Occupancy).where(col(Occupancy.booking_id) == booking_id).values(**values)
    )
    return changed.rowcount == 1


def _translated(error: IntegrityError | OperationalError) -> Exception:
    """Both ways PostgreSQL says that somebody else was first; anything else stays what it is."""
    if db.sqlstate(error) in {db.EXCLUSION_VIOLATION, db.DEADLOCK_DETECTED}:
        return _taken()
    return error


def _taken() -> SpaceTaken:
    return SpaceTaken(
        "Someone else has this space for some of that time. Choose another time or another space."
    )
