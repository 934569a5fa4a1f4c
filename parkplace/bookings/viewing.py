"""A booking as one person may see it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.pricing import Line
from parkplace.bookings.settlement import settlement
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.spaces.models import Space

# How long before the start somebody may say that they are there.
CHECK_IN_OPENS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking as one person may see it, with what it costs and what they can do to it.

    Attributes:
        role: In what capacity the person sees it.
        lines, total: What the stay costs, as it stands; `lines` sum to `total`.
        due: What of it should have been paid by now.
        paid: What was paid, refunds taken off.
        can: Names of what the person may do now: `pay`, `confirm_payment`, `cancel`, `check_in`,
            `leave`, `change`, `approve`, `decline`, `hold_again`.
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
    checked_in_at: datetime | None = None


def view_of(
    booking: Booking, space: Space, role: Role, paid: Money, *, now: datetime
) -> BookingView:
    """Return a booking as somebody in this role may see it."""
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
        checked_in_at=booking.checked_in_at,
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


def check_in_is_open(booking: Booking, *, now: datetime) -> bool:
    """Whether it can be noted now that the driver is there: from 15 minutes before the start."""
    stands = booking.status in {BookingStatus.CONFIRMED, BookingStatus.ACTIVE}
    return stands and booking.starts_at - CHECK_IN_OPENS <= now < booking.ends_at


def _can(booking: Booking, role: Role, now: datetime) -> frozenset[str]:
    status = status_at(booking, now=now)
    can = _can_host(status) if role == Role.HOST else _can_drive(booking, status, now)
    if booking.checked_in_at is None and check_in_is_open(booking, now=now):
        can.add("check_in")
    return frozenset(can)


def _can_drive(booking: Booking, status: BookingStatus, now: datetime) -> set[str]:
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
    return can


def _can_host(status: BookingStatus) -> set[str]:
    if status == BookingStatus.REQUESTED:
        return {"approve", "decline"}
    return {"cancel"} if status == BookingStatus.CONFIRMED else set()
