"""What drivers and hosts do to a booking once it is held: cancel, leave, extend, approve, decline.

Stripe is not called here; `flows` does that between transactions.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from parkplace.bookings import letters, moves, occupancy
from parkplace.bookings.access import Caller, require
from parkplace.bookings.holding import drop_overdue
from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Actor, Role
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.pricing import Price, price
from parkplace.bookings.quoting import require_length, require_offered, require_open
from parkplace.bookings.settlement import rate_card, settlement
from parkplace.bookings.viewing import check_in_is_open
from parkplace.core.errors import Conflict, Invalid
from parkplace.core.plates import clean_plate, clean_region
from parkplace.core.times import Period
from parkplace.payments import ledger
from parkplace.spaces.models import Space

DRIVING = {Role.DRIVER, Role.GUEST, Role.ADMIN}
HOSTING = {Role.HOST, Role.ADMIN}
UNDER_WAY = {BookingStatus.CONFIRMED, BookingStatus.ACTIVE}
OVER = {BookingStatus.COMPLETED, BookingStatus.CANCELLED, BookingStatus.DECLINED}


class CheckInClosed(Conflict):
    """Raised when nobody can say yet, or any more, that a driver is there."""

    code = "check_in_closed"


class BadEnd(Invalid):
    """Raised when the new end is not one a booking can be moved to."""

    code = "bad_end"


def claim(session: Session, *, booking_id: UUID, caller: Caller) -> None:
    """Queue up for a booking: what is read of it next stays so until the transaction ends.

    Raises:
        BookingNotFound: No such booking for this person.
    """
    _, space, _ = require(session, booking_id=booking_id, caller=caller)
    # The space first, as everybody does who needs both: two in two orders would wait for ever.
    occupancy.lock_space(session, space_id=space.id)
    require(session, booking_id=booking_id, caller=caller, lock=True)


def check_in(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> Booking:
    """Note that the driver is there, as the driver, the host or an admin; twice is no error.

    Raises:
        BookingNotFound: No such booking for this person.
        CheckInClosed: It is more than a quarter of an hour early, or there is no stay any more.
    """
    booking, _, actor = require(session, booking_id=booking_id, caller=caller, lock=True)
    if booking.checked_in_at is not None:
        return booking
    if not check_in_is_open(booking, now=now):
        raise CheckInClosed(
            "Arriving can be noted from 15 minutes before the start until the end of a confirmed "
            "stay."
        )
    moves.note(session, booking, by=actor, why="arrived", now=now, checked_in_at=now)
    return booking


def cancel(
    session: Session, *, booking_id: UUID, caller: Caller, why: str = "", now: datetime
) -> Booking:
    """Call a booking off before it starts; nothing is charged.

    Raises:
        BookingNotFound: No such booking for this person.
        BookingMoved: It has begun or is over; a running stay is ended, not cancelled.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller)
    begun = booking.status == BookingStatus.CONFIRMED and booking.starts_at <= now
    if begun:
        raise moves.BookingMoved("This stay has begun. End it instead; you pay for what you used.")
    was_held = booking.status == BookingStatus.HELD
    moves.cancel(session, booking, by=actor, why=why, now=now)
    occupancy.release(session, space=space, booking_id=booking.id)
    if not was_held:
        letters.cancelled(session, booking, space, by=actor.role, now=now)
    return booking


def leave(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> Booking:
    """End a running stay now: the bay is free at once, and what was used is due.

    Raises:
        BookingNotFound, NotYours: Not this person's to end.
        BookingMoved: The stay has not begun, or is over.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller, roles=DRIVING)
    if booking.starts_at > now:
        raise moves.BookingMoved("This stay has not begun. Cancel it instead; that costs nothing.")
    return finish(session, booking, space, by=actor, left_at=min(now, booking.ends_at), now=now)


def finish(
    session: Session,
    booking: Booking,
    space: Space,
    *,
    by: Actor,
    left_at: datetime | None = None,
    now: datetime,
) -> Booking:
    """Close a stay: free its bay, write what is due to the ledger, and have it charged next."""
    # A stay left in the very instant it began still lasted: its first quarter hour is started.
    if left_at is not None:
        left_at = max(left_at, booking.starts_at + timedelta(seconds=1))
    moves.complete(session, booking, by=by, now=now, left_at=left_at)
    occupancy.release(session, space=space, booking_id=booking.id)
    due = settlement(booking, now=now).due
    if not due:
        letters.ended(session, booking, space, now=now)
        return booking
    ledger.stay_ended(session, order_id=booking.id, host_id=space.host_id, amount=due, now=now)
    booking.payment_status, booking.next_charge_at = PaymentStatus.DUE, now
    return booking


def change_end(
    session: Session, *, booking_id: UUID, caller: Caller, ends_at: datetime, now: datetime
) -> Booking:
    """Extend or shorten a stay that has not ended, keeping its bay and its rate card.

    Raises:
        BookingNotFound, NotYours, BookingMoved: Not this person's, or over.
        BadEnd: The new end is past, or not after the start.
        SpaceTaken, SpaceClosed, PeriodTooLong: The space cannot be had until then.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller, roles=DRIVING)
    if ends_at <= max(now, booking.starts_at):
        raise BadEnd("The new end must lie ahead. To leave now, end the stay.", field="ends_at")
    if booking.status not in UNDER_WAY or booking.ends_at <= now:
        raise moves.BookingMoved("Only a stay that is not over can be changed.")
    period = Period(booking.starts_at, ends_at)
    require_length(period)
    occupancy.lock_space(session, space_id=space.id)
    if ends_at > booking.ends_at:
        # What was booked stands, whatever the hours are now; only what is added must be open.
        session.refresh(space)
        require_offered(space)
        require_open(session, space=space, period=Period(booking.ends_at, ends_at))
    drop_overdue(session, space=space, now=now)
    why = f"end moved from {booking.ends_at.isoformat()} to {period.ends_at.isoformat()}"
    moves.note(session, booking, by=actor, why=why, now=now, ends_at=period.ends_at)
    occupancy.change_period(session, space=space, booking_id=booking.id, period=period)
    letters.changed(session, booking, space, now=now)
    return booking


def change_plate(
    session: Session, *, booking_id: UUID, caller: Caller, plate: str, region: str, now: datetime
) -> Booking:
    """Say which vehicle will stand in the bay; possible until the stay is over.

    Raises:
        BookingNotFound, NotYours, BookingMoved, BadPlate: Not this person's, over, or no plate.
    """
    booking, _, actor = require(session, booking_id=booking_id, caller=caller, roles=DRIVING)
    if booking.status in OVER:
        raise moves.BookingMoved("Only a stay that is not over can be changed.")
    values = {"plate": clean_plate(plate), "plate_region": clean_region(region)}
    moves.note(session, booking, by=actor, why="plate changed", now=now, **values)
    return booking


def extension_price(booking: Booking, *, ends_at: datetime) -> Price:
    """Return what a booking would cost with another end, at the rate card it was booked on."""
    return price(rate_card(booking), Period(booking.starts_at, ends_at))


def approve(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> Booking:
    """Say yes, as the host, to a request.

    Raises:
        BookingNotFound, NotYours, BookingMoved: It cannot be approved by this person or any more.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller, roles=HOSTING)
    moves.approve(session, booking, by=actor, now=now)
    if not occupancy.keep(session, booking_id=booking.id, expires_at=None):
        raise SpaceTaken("The time to answer is over and the space was freed.")
    letters.confirmed(session, booking, space, now=now)
    return booking


def decline(
    session: Session, *, booking_id: UUID, caller: Caller, why: str, now: datetime
) -> Booking:
    """Say no, as the host, to a request; the driver is told and nothing is charged.

    Raises:
        BookingNotFound, NotYours, BookingMoved: It cannot be declined by this person or any more.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller, roles=HOSTING)
    moves.decline(session, booking, by=actor, why=why, now=now)
    occupancy.release(session, space=space, booking_id=booking.id)
    letters.declined(session, booking, space, why=why, now=now)
    return booking
