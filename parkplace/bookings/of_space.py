"""What is booked in one space, for its host."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, tuple_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.queries import MOST, UNPAID, BookingView, views
from parkplace.bookings.quoting import LONGEST_STAY
from parkplace.bookings.viewing import status_at
from parkplace.core.times import Period
from parkplace.spaces.models import Space
from parkplace.spaces.service import own

HELD, REQUESTED = BookingStatus.HELD, BookingStatus.REQUESTED
CONFIRMED, ACTIVE = BookingStatus.CONFIRMED, BookingStatus.ACTIVE
# What takes a bay, or took it.
STAYS = (HELD, REQUESTED, CONFIRMED, ACTIVE, BookingStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Booked:
    """A stay in a calendar."""

    id: UUID
    reference: str
    status: BookingStatus
    bay: int
    period: Period


def of_space(
    session: Session,
    *,
    viewer: User,
    space_id: UUID,
    statuses: Collection[BookingStatus] = (),
    during: Period | None = None,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return the bookings of a space, those that begin last first.

    Holds that nobody paid for are no business of the host once they are over.

    Args:
        session: The open transaction.
        viewer: Its host, or an admin.
        space_id: Which space.
        statuses: Only those that are in one of these now; empty is any.
        during: Only those that touch this period.
        now: The current instant.
        after: The last booking of the page before.
        limit: How many at most, 100 or fewer.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: See `spaces.service.own`.
    """
    space = own(session, actor=viewer, space_id=space_id, locked=False)
    begins = col(Booking.starts_at)
    query = select(Booking, Space).join(Space, col(Space.id) == Booking.space_id)
    query = query.where(col(Booking.space_id) == space_id, _concerns_the_host(now))
    if statuses:
        query = query.where(or_(*(_is(status, now) for status in statuses)))
    if during is not None:
        query = query.where(*_touches(during))
    if after is not None:
        last = select(Booking.starts_at, Booking.id).where(col(Booking.id) == after)
        query = query.where(tuple_(begins, col(Booking.id)) < last.scalar_subquery())
    query = query.order_by(begins.desc(), col(Booking.id).desc())
    role = Role.HOST if space.host_id == viewer.id else Role.ADMIN
    return views(session, session.exec(query.limit(min(limit, MOST))).all(), role=role, now=now)


def booked(
    session: Session, *, space_id: UUID, during: Period, now: datetime, limit: int
) -> list[Booked]:
    """Return the stays in a space that touch a period, by their start; `limit` at most."""
    query = select(Booking).where(
        col(Booking.space_id) == space_id,
        *_touches(during),
        or_(*(_is(status, now) for status in STAYS)),
    )
    query = query.order_by(col(Booking.starts_at), col(Booking.id)).limit(limit)
    return [
        Booked(
            row.id,
            row.reference,
            status_at(row, now=now),
            row.bay,
            Period(row.starts_at, row.ends_at),
        )
        for row in session.exec(query)
    ]


def _touches(during: Period) -> tuple[ColumnElement[bool], ...]:
    # No stay is longer than can be booked, so the index by start has both ends to go by.
    begins = col(Booking.starts_at)
    return (
        begins < during.ends_at,
        begins > during.starts_at - LONGEST_STAY,
        col(Booking.ends_at) > during.starts_at,
    )


def _concerns_the_host(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(Booking.payment_method).is_not(None),
        col(Booking.status).not_in(UNPAID),
        _is(HELD, now),
    )


def _is(status: BookingStatus, now: datetime) -> ColumnElement[bool]:
    """Whether a booking is in a state by the clock, as `viewing.status_at` says of one."""
    stored, starts, ends = col(Booking.status), col(Booking.starts_at), col(Booking.ends_at)
    lapses, stands = stored.in_([HELD, REQUESTED]), stored.in_([CONFIRMED, ACTIVE])
    match status:
        case BookingStatus.HELD | BookingStatus.REQUESTED:
            return and_(stored == status, col(Booking.expires_at) > now)
        case BookingStatus.EXPIRED:
            return or_(stored == status, and_(lapses, col(Booking.expires_at) <= now))
        case BookingStatus.CONFIRMED:
            return and_(stands, starts > now)
        case BookingStatus.ACTIVE:
            return and_(stands, starts <= now, ends > now)
        case BookingStatus.COMPLETED:
            return or_(stored == status, and_(stands, ends <= now))
        case _:
            return stored == status
