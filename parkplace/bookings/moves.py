"""The state machine of a booking.

Each legal move is one named function, done as a compare-and-swap: the row changes only if it is
still where the caller saw it, so of two at once one wins and the other is told. Every move writes
one row to `booking_events` and one live signal.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, update

from parkplace.bookings.models import Booking, BookingEvent, BookingStatus
from parkplace.core import db
from parkplace.core.errors import Conflict

HELD, REQUESTED = BookingStatus.HELD, BookingStatus.REQUESTED
CONFIRMED, ACTIVE = BookingStatus.CONFIRMED, BookingStatus.ACTIVE


class BookingMoved(Conflict):
    """Raised when a booking is no longer in a state that allows what was asked."""

    code = "booking_moved"


class Role(StrEnum):
    """In what capacity someone acts on a booking."""

    DRIVER = "driver"
    GUEST = "guest"
    HOST = "host"
    ADMIN = "admin"
    CLOCK = "clock"
    STRIPE = "stripe"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something to a booking; `id` is their account, where they have one."""

    role: Role
    id: UUID | None = None


CLOCK = Actor(Role.CLOCK)
STRIPE = Actor(Role.STRIPE)


def created(session: Session, booking: Booking, *, by: Actor, now: datetime) -> None:
    """Record that a hold came to be."""
    _record(session, booking, frm=None, by=by, why="", now=now)


def request(session: Session, booking: Booking, *, expires_at: datetime, now: datetime) -> None:
    """The card is saved and the host is asked."""
    _move(
        session, booking, {HELD}, BookingStatus.REQUESTED, by=STRIPE, now=now, expires_at=expires_at
    )


def confirm(session: Session, booking: Booking, *, now: datetime) -> None:
    """The card is saved; the booking stands."""
    _move(session, booking, {HELD}, BookingStatus.CONFIRMED, by=STRIPE, now=now)


def retake(session: Session, booking: Booking, *, bay: int, now: datetime) -> None:
    """The card was saved after the hold had run out, and the space was still free."""
    why = "paid after the hold ended, the space was still free"
    frm = {BookingStatus.EXPIRED}
    _move(session, booking, frm, BookingStatus.HELD, by=STRIPE, now=now, why=why, bay=bay)


def approve(session: Session, booking: Booking, *, by: Actor, now: datetime) -> None:
    """The host says yes."""
    _move(session, booking, {REQUESTED}, BookingStatus.CONFIRMED, by=by, now=now)


def decline(session: Session, booking: Booking, *, by: Actor, why: str, now: datetime) -> None:
    """The host says no."""
    _move(session, booking, {REQUESTED}, BookingStatus.DECLINED, by=by, now=now, why=why)


def expire(session: Session, booking: Booking, *, now: datetime) -> None:
    """Nobody paid, or the host did not answer, in time."""
    _move(session, booking, {HELD, REQUESTED}, BookingStatus.EXPIRED, by=CLOCK, now=now)


def begin(session: Session, booking: Booking, *, now: datetime) -> None:
    """The stay has begun."""
    _move(session, booking, {CONFIRMED}, BookingStatus.ACTIVE, by=CLOCK, now=now)


def complete(
    session: Session, booking: Booking, *, by: Actor, left_at: datetime | None, now: datetime
) -> None:
    """The stay is over, by the clock or because the driver left."""
    frm, to = {CONFIRMED, ACTIVE}, BookingStatus.COMPLETED
    _move(session, booking, frm, to, by=by, now=now, ended_at=now, left_at=left_at)


def cancel(session: Session, booking: Booking, *, by: Actor, why: str, now: datetime) -> None:
    """The booking will not take place."""
    frm = {HELD, REQUESTED, CONFIRMED}
    _move(session, booking, frm, BookingStatus.CANCELLED, by=by, now=now, why=why)


def note(
    session: Session,
    booking: Booking,
    *,
    by: Actor,
    why: str,
    now: datetime,
    **values: Any,
) -> None:
    """Change a booking without moving it, if it has not moved meanwhile."""
    status = BookingStatus(booking.status)
    _move(session, booking, {status}, status, by=by, now=now, why=why, **values)


def _move(
    session: Session,
    booking: Booking,
    allowed: set[BookingStatus],
    to: BookingStatus,
    *,
    by: Actor,
    now: datetime,
    why: str = "",
    **values: Any,
) -> None:
    frm = booking.status
    if frm not in allowed:
        raise _moved(booking)
    # `changes` is compared too: two changes that keep the status cannot overwrite each other.
    swapped = session.exec(
        update(Booking)
        .where(
            col(Booking.id) == booking.id,
            col(Booking.status) == frm,
            col(Booking.changes) == booking.changes,
        )
        .values(status=to, changes=booking.changes + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if swapped.rowcount != 1:
        raise _moved(booking)
    session.refresh(booking)
    _record(session, booking, frm=frm, by=by, why=why, now=now)


def _record(
    session: Session, booking: Booking, *, frm: str | None, by: Actor, why: str, now: datetime
) -> None:
    session.add(
        BookingEvent(
            booking_id=booking.id,
            at=now,
            actor=by.role,
            actor_id=by.id,
            from_status=frm,
            to_status=booking.status,
            why=why,
        )
    )
    db.notify(session, topic=f"booking:{booking.id}")


def _moved(booking: Booking) -> BookingMoved:
    state = {"status": booking.status}
    return BookingMoved(
        f"This booking is {booking.status} now, so that cannot be done.", details=state
    )
