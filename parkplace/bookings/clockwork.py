"""What the clock does to bookings; jobs call these as often as they like.

Each booking moves in a transaction of its own, so one that cannot move does not hold up the rest,
and rows somebody else is working on are skipped, so two schedulers at once do no harm.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.bookings import holding, moves, service
from parkplace.bookings.flows.charges import collect
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.core.logs import incident
from parkplace.spaces.models import Space

log = logging.getLogger(__name__)
BATCH = 200


def expire_holds(*, now: datetime) -> int:
    """Expire holds nobody paid and requests no host answered; return how many."""
    lapsing = col(Booking.status).in_([BookingStatus.HELD, BookingStatus.REQUESTED])
    overdue = _ids(lapsing, col(Booking.expires_at) <= now, order=col(Booking.expires_at))
    return _each(overdue, _expire, now=now)


def begin_stays(*, now: datetime) -> int:
    """Begin the stays whose time has come; return how many."""
    waiting = col(Booking.status) == BookingStatus.CONFIRMED
    due = _ids(waiting, col(Booking.starts_at) <= now, order=col(Booking.starts_at))
    return _each(due, _begin, now=now)


def end_stays(*, now: datetime) -> int:
    """Close the stays whose time is over; return how many."""
    running = col(Booking.status).in_([BookingStatus.CONFIRMED, BookingStatus.ACTIVE])
    over = _ids(running, col(Booking.ends_at) <= now, order=col(Booking.ends_at))
    return _each(over, _end, now=now)


def charge_due(*, now: datetime) -> int:
    """Charge what is due; return how many bookings were tried."""
    due = _ids(col(Booking.next_charge_at) <= now, order=col(Booking.next_charge_at))
    for booking_id in due:
        try:
            collect(booking_id=booking_id, now=now)
        except DomainError as error:
            log.warning("charging %s: %s", booking_id, error.code)
        except Exception as error:  # noqa: BLE001 - the others are charged all the same
            incident(log, error)
    return len(due)


def _expire(session: Session, booking: Booking, now: datetime) -> None:
    space = session.get_one(Space, booking.space_id)
    holding.lapse(session, booking, space, now=now)


def _begin(session: Session, booking: Booking, now: datetime) -> None:
    moves.begin(session, booking, now=now)


def _end(session: Session, booking: Booking, now: datetime) -> None:
    space = session.get_one(Space, booking.space_id)
    service.finish(session, booking, space, by=moves.CLOCK, now=now)


def _ids(*conditions: object, order: object) -> list[UUID]:
    with transaction() as session:
        query = select(Booking.id).where(*conditions).order_by(order).limit(BATCH)  # pyright: ignore[reportArgumentType, reportCallIssue]
        return list(session.exec(query))


def _each(
    ids: list[UUID], move: Callable[[Session, Booking, datetime], None], *, now: datetime
) -> int:
    moved = 0
    for booking_id in ids:
        try:
            with transaction() as session:
                free = select(Booking).where(col(Booking.id) == booking_id)
                booking = session.exec(free.with_for_update(skip_locked=True)).first()
                if booking is not None:
                    move(session, booking, now)
                    moved += 1
        except moves.BookingMoved:
            continue  # somebody else was first
        except Exception as error:  # noqa: BLE001 - the others move all the same
            incident(log, error)
    return moved
