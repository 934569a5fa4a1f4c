"""Taking a bay for ten minutes, and keeping it once the card is saved."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.emails import normalised
from parkplace.accounts.standing import require_present
from parkplace.bookings import letters, moves, occupancy
from parkplace.bookings.access import Caller, require
from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Actor, Role
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.pricing import RateCard
from parkplace.bookings.quoting import (
    current_card,
    honoured,
    listed_space,
    require_bookable,
    require_open,
)
from parkplace.core.errors import Conflict, Invalid
from parkplace.core.ids import new_id, new_reference
from parkplace.core.plates import clean_plate, clean_region
from parkplace.core.times import Period
from parkplace.payments import methods
from parkplace.spaces.models import Space, SpaceStatus

HOLD_LASTS = timedelta(minutes=10)
HOST_ANSWERS_WITHIN = timedelta(hours=24)
MOST_OPEN_HOLDS = 3


class EmailNeeded(Invalid):
    """Raised when a guest gives no address to send the pass to."""

    code = "email_needed"


class TooManyHolds(Conflict):
    """Raised when one person holds more spaces than they can be about to pay for."""

    code = "too_many_holds"


def hold(
    session: Session,
    *,
    caller: Caller,
    space_id: UUID | None = None,
    period: Period | None = None,
    quote_id: UUID | None = None,
    email: str | None = None,
    plate: str = "",
    plate_region: str = "",
    now: datetime,
) -> Booking:
    """Take a bay for ten minutes, so that it can be paid for.

    Args:
        session: The open transaction.
        caller: The driver; a guest gives `email` instead.
        space_id: The space, together with `period`; or else
        quote_id: a quote, which brings both and its price.
        period: When.
        email: A guest's address.
        plate: The vehicle's plate, if known already.
        plate_region: Where the plate is from.
        now: The current instant.

    Raises:
        QuoteGone, SpaceNotFound, SpaceClosed, PeriodPast, PeriodTooFar, PeriodTooLong: See `quote`.
        EmailNeeded, BadPlate: What the person typed is not usable.
        TooManyHolds: This person holds three spaces already.
        SpaceTaken: Every bay is taken for some of the period.
        AccountSuspended: The driver was kept out, or deleted, a moment ago.
    """
    if caller.user is not None:
        require_present(session, user=caller.user)
    space_id, period, quoted = _wanted(session, space_id, period, quote_id, now=now)
    address = caller.user.email if caller.user else _guest_address(email)
    require_bookable(period, now=now)
    _refuse_hoarding(session, address, now=now)
    occupancy.lock_space(session, space_id=space_id)
    # Read under the lock: a space that is taken down meanwhile is not to be had any more.
    space = listed_space(session, space_id=space_id, to_book=True)
    card = quoted or current_card(space)
    require_open(session, space=space, period=period)
    drop_overdue(session, space=space, now=now)
    bay = occupancy.free_bay(session, space=space, period=period)
    booking = _new(caller, space, period, card, bay=bay, email=address, now=now)
    booking.plate, booking.plate_region = clean_plate(plate), clean_region(plate_region)
    session.add(booking)
    role = Role.DRIVER if caller.user else Role.GUEST
    moves.created(session, booking, by=Actor(role, booking.driver_id), now=now)
    occupancy.take(
        session,
        space=space,
        bay=booking.bay,
        period=period,
        booking_id=booking.id,
        expires_at=booking.expires_at,
    )
    return booking


def use_card(
    session: Session, *, booking_id: UUID, caller: Caller, method_id: UUID, now: datetime
) -> Booking:
    """Pay a hold with a card that the driver's account keeps: it is confirmed without a page.

    Raises:
        BookingNotFound, NotYours: Not this account's booking.
        BookingMoved: It is no hold any more.
        MethodNotFound, CardExpired: There is no such card, or it is good no more.
    """
    booking, _, _ = require(session, booking_id=booking_id, caller=caller, roles={Role.DRIVER})
    if caller.user is None or booking.status != BookingStatus.HELD or booking.expires_at <= now:
        raise moves.BookingMoved("Your hold has run out. Hold the space again if it is still free.")
    method = methods.usable(session, user=caller.user, method_id=method_id, now=now)
    return card_saved(
        session,
        booking_id=booking.id,
        payment_method=method.stripe_id,
        card=methods.label(method),
        now=now,
    )


def drop_overdue(session: Session, *, space: Space, now: datetime) -> None:
    """Expire what is overdue in a space, so that its bays are free by the clock, not by a job."""
    overdue = session.exec(
        select(Booking).where(
            col(Booking.space_id) == space.id,
            col(Booking.status).in_([BookingStatus.HELD, BookingStatus.REQUESTED]),
            col(Booking.expires_at) <= now,
        )
    )
    for booking in overdue.all():
        lapse(session, booking, space, now=now)


def lapse(session: Session, booking: Booking, space: Space, *, now: datetime) -> None:
    """End a hold nobody paid for, or a request no host answered; its driver is told of that."""
    was_requested = booking.status == BookingStatus.REQUESTED
    occupancy.release(session, space=space, booking_id=booking.id)
    moves.expire(session, booking, now=now)
    if was_requested:
        letters.declined(session, booking, space, why="", now=now)


def card_saved(
    session: Session, *, booking_id: UUID, payment_method: str, card: str, now: datetime
) -> Booking:
    """Take note that a booking's card is saved: a hold is confirmed, or the host asked.

    A hold that ran out while the driver was paying is taken again if a bay is still free; if not,
    the booking stays expired. After the stay, the new card is tried at once.
    """
    booking = session.exec(select(Booking).where(col(Booking.id) == booking_id)).one()
    space = session.get_one(Space, booking.space_id)
    occupancy.lock_space(session, space_id=space.id)
    session.refresh(booking, with_for_update=True)
    if booking.status == BookingStatus.EXPIRED and not _retaken(session, booking, space, now=now):
        return booking
    booking.payment_method, booking.card = payment_method, card
    session.flush()
    if booking.status == BookingStatus.HELD:
        _settle_in(session, booking, space, now=now)
    elif booking.status == BookingStatus.COMPLETED and booking.payment_status in {
        PaymentStatus.DUE,
        PaymentStatus.FAILED,
        PaymentStatus.NEEDS_ACTION,
    }:
        booking.payment_status, booking.next_charge_at = PaymentStatus.DUE, now
        booking.charge_attempts = 0
    return booking


def _wanted(
    session: Session,
    space_id: UUID | None,
    period: Period | None,
    quote_id: UUID | None,
    *,
    now: datetime,
) -> tuple[UUID, Period, RateCard | None]:
    if quote_id is not None:
        kept = honoured(session, quote_id=quote_id, now=now)
        card = RateCard(kept.hour_minor, kept.day_cap_minor, kept.currency)
        return kept.space_id, Period(kept.starts_at, kept.ends_at), card
    if space_id is None or period is None:
        raise Invalid("Say which space and when, or give a quote.")
    return space_id, period, None


def _new(
    caller: Caller,
    space: Space,
    period: Period,
    card: RateCard,
    *,
    bay: int,
    email: str,
    now: datetime,
) -> Booking:
    return Booking(
        id=new_id(),
        reference=new_reference(),
        space_id=space.id,
        bay=bay,
        driver_id=caller.user.id if caller.user else None,
        host_id=space.host_id,
        email=email,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        timezone=space.timezone,
        hour_minor=card.hour_minor,
        day_cap_minor=card.day_cap_minor,
        currency=card.currency,
        created_at=now,
        expires_at=now + HOLD_LASTS,
    )


def _guest_address(email: str | None) -> str:
    if not email or not email.strip():
        raise EmailNeeded("Give your e-mail address; your pass is sent there.", field="email")
    return normalised(email)


def _refuse_hoarding(session: Session, email: str, *, now: datetime) -> None:
    held = session.exec(
        select(Booking.id)
        .where(
            col(Booking.email) == email,
            col(Booking.status) == BookingStatus.HELD,
            col(Booking.expires_at) > now,
        )
        .limit(MOST_OPEN_HOLDS)
    ).all()
    if len(held) >= MOST_OPEN_HOLDS:
        raise TooManyHolds("You hold three spaces already. Pay for one or let one go first.")


def _retaken(session: Session, booking: Booking, space: Space, *, now: datetime) -> bool:
    if booking.ends_at <= now:
        return False
    session.refresh(space)
    if space.status == SpaceStatus.RETIRED:
        return False
    drop_overdue(session, space=space, now=now)
    period = Period(booking.starts_at, booking.ends_at)
    try:
        bay = occupancy.free_bay(session, space=space, period=period)
    except SpaceTaken:
        return False
    occupancy.take(
        session, space=space, bay=bay, period=period, booking_id=booking.id, expires_at=None
    )
    moves.retake(session, booking, bay=bay, now=now)
    return True


def _settle_in(session: Session, booking: Booking, space: Space, *, now: datetime) -> None:
    if space.instant or booking.driver_id == space.host_id:
        occupancy.keep(session, booking_id=booking.id, expires_at=None)
        moves.confirm(session, booking, now=now)
        letters.confirmed(session, booking, space, now=now)
        return
    answer_by = min(now + HOST_ANSWERS_WITHIN, max(booking.starts_at, now + HOLD_LASTS))
    occupancy.keep(session, booking_id=booking.id, expires_at=answer_by)
    moves.request(session, booking, expires_at=answer_by, now=now)
    letters.requested(session, booking, space, now=now)
