"""Holding a space once for a person, however often, and from however many tabs, they press."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.emails import normalised
from parkplace.accounts.models import User
from parkplace.bookings import occupancy
from parkplace.bookings.access import NOBODY, Caller, require
from parkplace.bookings.holding import hold
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.moves import Role
from parkplace.core.errors import Conflict
from parkplace.core.idempotency import once
from parkplace.core.times import Period

_LAPSING = (BookingStatus.HELD, BookingStatus.REQUESTED)
_BOOKED = (BookingStatus.CONFIRMED, BookingStatus.ACTIVE)


class HeldAlready(Conflict):
    """Raised when a guest's address holds the same space for the same time already.

    Whoever types an address has not proved that it is theirs, so the booking itself is not shown.
    """

    code = "held_already"


def hold_once(
    session: Session,
    *,
    caller: Caller,
    space_id: UUID,
    period: Period,
    key: str,
    email: str = "",
    plate: str = "",
    plate_region: str = "",
    now: datetime,
) -> UUID:
    """Hold a space for ten minutes and return the booking; a repeat returns the first one.

    A repeat is the same `key`, or the same account asking again for what it holds.

    Args:
        session: The open transaction.
        caller: The driver; a guest gives `email` instead.
        space_id: Which space.
        period: When.
        key: Made when the page was loaded, unguessable: whoever has it gets the booking.
        email: A guest's address.
        plate: The vehicle's plate, if known already.
        plate_region: Where the plate is from.
        now: The current instant.

    Raises:
        HeldAlready: A guest's address holds this already, from another page.
        As `holding.hold` does.
    """
    wanted = [str(space_id), period.starts_at.isoformat(), period.ends_at.isoformat()]

    def first_time() -> dict[str, str]:
        # Two tabs at once queue up here: the second sees what the first took.
        occupancy.lock_space(session, space_id=space_id)
        before = _held(session, caller, email, space_id, period, now=now)
        if before is None:
            before = hold(
                session,
                caller=caller,
                space_id=space_id,
                period=period,
                email=email,
                plate=plate,
                plate_region=plate_region,
                now=now,
            )
        return {"id": str(before.id)}

    who = str(caller.user.id) if caller.user else "guest"
    held = once(session, scope=f"hold {who}", key=key, request=wanted, now=now, answer=first_time)
    return UUID(held["id"])


def hold_again(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> UUID:
    """Hold what an expired booking held, for the same person and vehicle; return the new booking.

    Raises:
        BookingNotFound, NotYours: Not this person's booking.
        As `hold_once` does.
    """
    old, _, actor = require(
        session, booking_id=booking_id, caller=caller, roles={Role.DRIVER, Role.GUEST}
    )
    return hold_once(
        session,
        caller=NOBODY if actor.role == Role.GUEST else Caller(user=caller.user),
        space_id=old.space_id,
        period=Period(old.starts_at, old.ends_at),
        key=f"again {old.id}",
        email=old.email,
        plate=old.plate,
        plate_region=old.plate_region,
        now=now,
    )


def own(
    session: Session, *, user: User, space_id: UUID, period: Period, now: datetime
) -> UUID | None:
    """Return the booking by which an account has a bay of a space for some of a period, if any."""
    query = select(Booking).where(
        col(Booking.driver_id) == user.id,
        col(Booking.space_id) == space_id,
        col(Booking.status).in_([*_LAPSING, *_BOOKED]),
        col(Booking.starts_at) < period.ends_at,
        col(Booking.ends_at) > max(period.starts_at, now),
    )
    for booking in session.exec(query.order_by(col(Booking.starts_at))):
        if booking.status in _BOOKED or booking.expires_at > now:
            return booking.id
    return None


def _held(
    session: Session,
    caller: Caller,
    email: str,
    space_id: UUID,
    period: Period,
    *,
    now: datetime,
) -> Booking | None:
    query = select(Booking).where(
        col(Booking.space_id) == space_id,
        col(Booking.starts_at) == period.starts_at,
        col(Booking.ends_at) == period.ends_at,
        col(Booking.status) == BookingStatus.HELD,
        col(Booking.expires_at) > now,
    )
    if caller.user is not None:
        return session.exec(query.where(col(Booking.driver_id) == caller.user.id)).first()
    if not email.strip():
        return None
    guests = query.where(col(Booking.driver_id).is_(None))
    if session.exec(guests.where(col(Booking.email) == normalised(email))).first() is not None:
        raise HeldAlready(
            "A bay here is held for this address and time already. Go on in the tab where you "
            "booked it, or let ten minutes pass."
        )
    return None
