"""Taking a space down for good, with what is booked there."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings import occupancy
from parkplace.bookings import service as bookings
from parkplace.bookings.access import Caller
from parkplace.bookings.holding import drop_overdue
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.core.errors import Conflict
from parkplace.spaces import service as spaces

WHY = "the space was taken down"
_STANDING = (
    BookingStatus.HELD,
    BookingStatus.REQUESTED,
    BookingStatus.CONFIRMED,
    BookingStatus.ACTIVE,
)


class BookingsAhead(Conflict):
    """Raised when people have booked a space that is to be taken down; `details` counts them."""

    code = "bookings_ahead"


def close(
    session: Session, *, actor: User, space_id: UUID, cancel_bookings: bool = False, now: datetime
) -> None:
    """Retire a space: nobody finds it, books it, or extends a stay there any more.

    What is only held is let go. Stays that have begun end when they are to. Whoever books at this
    moment queues up for the same lock: they come first and are cancelled too, or find it gone.

    Args:
        session: The open transaction.
        actor: Its host, or an admin.
        space_id: Which space.
        cancel_bookings: Whether to call off what is booked ahead, as the host, with letters.
        now: The current instant.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: It is not the actor's to take down.
        BookingsAhead: Stays are booked or under way, and are not to be called off.
    """
    space = spaces.own(session, actor=actor, space_id=space_id)
    occupancy.lock_space(session, space_id=space_id)
    drop_overdue(session, space=space, now=now)
    standing = _standing(session, space_id, now=now)
    booked = [booking for booking in standing if booking.status != BookingStatus.HELD]
    if booked and not cancel_bookings:
        stays = "1 stay is" if len(booked) == 1 else f"{len(booked):,} stays are"
        raise BookingsAhead(
            f"{stays} booked here. Cancel them first, or ask for that with cancel_bookings.",
            details={"count": str(len(booked))},
        )
    host = Caller(user=actor)
    for booking in standing:
        begun = booking.starts_at <= now and booking.status in bookings.UNDER_WAY
        if not begun:
            bookings.cancel(session, booking_id=booking.id, caller=host, why=WHY, now=now)
    spaces.retire(session, actor=actor, space_id=space_id, now=now)


def _standing(session: Session, space_id: UUID, *, now: datetime) -> list[Booking]:
    query = select(Booking).where(
        col(Booking.space_id) == space_id,
        col(Booking.status).in_(_STANDING),
        col(Booking.ends_at) > now,
    )
    # Locked, so that none moves while it is called off.
    return list(session.exec(query.order_by(col(Booking.id)).with_for_update()))
