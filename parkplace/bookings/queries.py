"""Reading bookings: one, a driver's, a host's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, or_, tuple_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings.access import Caller, require
from parkplace.bookings.models import Booking, BookingEvent, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.pricing import Line
from parkplace.bookings.settlement import settlement
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.payments import ledger
from parkplace.spaces.models import Space

MOST = 100
UNPAID = (BookingStatus.HELD, BookingStatus.EXPIRED, BookingStatus.CANCELLED)


class When(StrEnum):
    """Which of a person's bookings."""

    NOW = "now"
    UPCOMING = "upcoming"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking as one person may see it, with what it costs and what they can do to it.

    Attributes:
        role: In what capacity the person sees it.
        lines, total: What the stay costs, as it stands; `lines` sum to `total`.
        due: What of it should have been paid by now.
        paid: What was paid, refunds taken off.
        can: Names of what the person may do now: `pay`, `confirm_payment`, `cancel`, `leave`,
            `change`, `approve`, `decline`, `hold_again`.
    """

    id: UUID
    reference: str
    status: BookingStatus
    payment_status: PaymentStatus
    role: Role
    space_id: UUID
    space_title: str
    neighbourhood: str
    address: str
    point: Point
    instructions: str
    hour: Money
    bay: int
    starts_at: datetime
    ends_at: datetime
    left_at: datetime | None
    expires_at: datetime
    timezone: str
    email: str
    plate: str
    plate_region: str
    card: str
    lines: tuple[Line, ...]
    total: Money
    due: Money
    paid: Money
    can: frozenset[str]


def view(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> BookingView:
    """Return one booking as this caller may see it.

    Raises:
        BookingNotFound: There is none that is any business of theirs.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller)
    paid = ledger.paid(session, order_id=booking.id, currency=booking.currency)
    return _view(booking, space, actor.role, paid, now=now)


def of_driver(
    session: Session,
    *,
    user: User,
    when: When,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return a driver's bookings: what comes next first, of the past the latest first.

    Args:
        session: The open transaction.
        user: The driver.
        when: Which of them.
        now: The current instant.
        after: The last booking of the page before.
        limit: How many at most, 100 or fewer.
    """
    mine = col(Booking.driver_id) == user.id
    return _page(session, mine, Role.DRIVER, when, now=now, after=after, limit=limit)


def of_host(
    session: Session,
    *,
    user: User,
    when: When,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return the bookings of a host's spaces, ordered as a driver's are.

    Holds that nobody paid for are no business of theirs once they are over.
    """
    theirs = col(Space.host_id) == user.id
    if when == When.PAST:
        paid_for = col(Booking.payment_method).is_not(None)
        theirs &= or_(paid_for, col(Booking.status).not_in(UNPAID))
    return _page(session, theirs, Role.HOST, when, now=now, after=after, limit=limit)


def events(session: Session, *, booking_id: UUID, caller: Caller) -> list[BookingEvent]:
    """Return what happened to a booking, oldest first.

    Raises:
        BookingNotFound: There is none that is any business of theirs.
    """
    require(session, booking_id=booking_id, caller=caller)
    query = select(BookingEvent).where(col(BookingEvent.booking_id) == booking_id)
    return list(session.exec(query.order_by(col(BookingEvent.id)).limit(MOST)))


def _page(
    session: Session,
    whose: ColumnElement[bool],
    role: Role,
    when: When,
    *,
    now: datetime,
    after: UUID | None,
    limit: int,
) -> list[BookingView]:
    query = select(Booking, Space).join(Space, col(Space.id) == Booking.space_id)
    query = query.where(whose, _is(when, now))
    place = tuple_(col(Booking.starts_at), col(Booking.id))
    last = session.get(Booking, after) if after is not None else None
    if when == When.PAST:
        query = query.order_by(col(Booking.starts_at).desc(), col(Booking.id).desc())
        if last is not None:
            query = query.where(place < tuple_(last.starts_at, last.id))
    else:
        query = query.order_by(col(Booking.starts_at), col(Booking.id))
        if last is not None:
            query = query.where(place > tuple_(last.starts_at, last.id))
    return views(session, session.exec(query.limit(min(limit, MOST))).all(), role=role, now=now)


def views(
    session: Session, rows: Sequence[tuple[Booking, Space]], *, role: Role, now: datetime
) -> list[BookingView]:
    """Return bookings as somebody in this role may see them; one statement for all."""
    paid = ledger.paid_each(session, order_ids=[booking.id for booking, _ in rows])
    return [
        _view(booking, space, role, paid.get(booking.id, Money(0, booking.currency)), now=now)
        for booking, space in rows
    ]


def _is(when: When, now: datetime) -> ColumnElement[bool]:
    status, starts, ends = col(Booking.status), col(Booking.starts_at), col(Booking.ends_at)
    waiting = and_(
        status.in_([BookingStatus.HELD, BookingStatus.REQUESTED]), col(Booking.expires_at) > now
    )
    standing = and_(status.in_([BookingStatus.CONFIRMED, BookingStatus.ACTIVE]), ends > now)
    if when == When.NOW:
        return and_(standing, starts <= now)
    if when == When.UPCOMING:
        return or_(waiting, and_(standing, starts > now))
    return ~or_(waiting, standing)


def _view(booking: Booking, space: Space, role: Role, paid: Money, *, now: datetime) -> BookingView:
    cost = settlement(booking, now=now)
    return BookingView(
        id=booking.id,
        reference=booking.reference,
        status=status_at(booking, now=now),
        payment_status=PaymentStatus(booking.payment_status),
        role=role,
        space_id=space.id,
        space_title=space.title,
        neighbourhood=space.neighbourhood,
        address=space.address,
        point=Point(lat=space.lat, lng=space.lng),
        instructions=space.instructions,
        hour=Money(booking.hour_minor, booking.currency),
        bay=booking.bay,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        left_at=booking.left_at,
        expires_at=booking.expires_at,
        timezone=booking.timezone,
        email=booking.email,
        plate=booking.plate,
        plate_region=booking.plate_region,
        card=booking.card,
        lines=cost.lines,
        total=cost.total,
        due=cost.due,
        paid=paid,
        can=_can(booking, role, now),
    )


def status_at(booking: Booking, *, now: datetime) -> BookingStatus:
    """Return what the clock makes of a booking; the clock's bookkeeping may be a second late."""
    status = BookingStatus(booking.status)
    if status in {BookingStatus.HELD, BookingStatus.REQUESTED} and booking.expires_at <= now:
        return BookingStatus.EXPIRED
    if status in {BookingStatus.CONFIRMED, BookingStatus.ACTIVE}:
        if booking.ends_at <= now:
            return BookingStatus.COMPLETED
        return BookingStatus.ACTIVE if booking.starts_at <= now else BookingStatus.CONFIRMED
    return status


def _can(booking: Booking, role: Role, now: datetime) -> frozenset[str]:
    status = status_at(booking, now=now)
    if role == Role.HOST:
        return _can_host(status)
    by_status = {
        BookingStatus.HELD: {"pay", "cancel"},
        BookingStatus.REQUESTED: {"cancel"},
        BookingStatus.CONFIRMED: {"cancel", "change"},
        BookingStatus.ACTIVE: {"leave", "change"},
        BookingStatus.EXPIRED: {"hold_again"} if booking.ends_at > now else set[str](),
    }
    can = set(by_status.get(status, set()))
    if booking.payment_status in {PaymentStatus.FAILED, PaymentStatus.NEEDS_ACTION} or (
        booking.payment_status == PaymentStatus.DUE and booking.charge_attempts
    ):
        can.add("pay")
    if booking.payment_status == PaymentStatus.NEEDS_ACTION:
        can.add("confirm_payment")
    return frozenset(can)


def _can_host(status: BookingStatus) -> frozenset[str]:
    if status == BookingStatus.REQUESTED:
        return frozenset({"approve", "decline"})
    return frozenset({"cancel"}) if status == BookingStatus.CONFIRMED else frozenset()
