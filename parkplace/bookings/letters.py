"""The e-mails a booking causes, written to the outbox in the transaction of their cause.

Each has a `dedupe_key` made of what caused it, so that causing it twice writes it once.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.bookings.models import Booking, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.settlement import settlement, used
from parkplace.core.links import booking_path, guest_path, link, space_path
from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.notifications.messages import (
    Cancelled,
    Changed,
    Confirmed,
    Cost,
    CostLine,
    Declined,
    Ended,
    Message,
    PaymentAction,
    PaymentFailed,
    Requested,
    Stay,
)
from parkplace.notifications.outbox import queue
from parkplace.payments.models import Attempt
from parkplace.spaces.models import Space


def page_of(booking: Booking) -> str:
    """Return the path at which the driver of a booking sees it."""
    if booking.driver_id is not None:
        return booking_path(booking.id)
    return guest_path(manage_token(booking.id))


def confirmed(session: Session, booking: Booking, space: Space, *, now: datetime) -> None:
    """To the driver: the pass, with an appointment for their calendar."""
    message = Confirmed(
        stay=stay_of(booking, space),
        cost=_cost(booking, now=now),
        url=link(page_of(booking)),
        card=booking.card,
        instructions=space.instructions,
    )
    _to_driver(session, booking, message, once=str(booking.changes), now=now)


def requested(session: Session, booking: Booking, space: Space, *, now: datetime) -> None:
    """To the host: someone asks for a bay."""
    message = Requested(
        stay=stay_of(booking, space),
        cost=_cost(booking, now=now),
        url=link(booking_path(booking.id)),
        answer_by=booking.expires_at,
    )
    host = _host(session, space)
    queue(session, message=message, to=host.email, now=now, dedupe_key=f"requested:{booking.id}")


def declined(session: Session, booking: Booking, space: Space, *, why: str, now: datetime) -> None:
    """To the driver: the host cannot have them."""
    message = Declined(stay=stay_of(booking, space), url=link("/"), why=why)
    _to_driver(session, booking, message, once="", now=now)


def changed(session: Session, booking: Booking, space: Space, *, now: datetime) -> None:
    """To the driver: another end, and what it costs now."""
    message = Changed(
        stay=stay_of(booking, space), cost=_cost(booking, now=now), url=link(page_of(booking))
    )
    _to_driver(session, booking, message, once=str(booking.changes), now=now)


def cancelled(session: Session, booking: Booking, space: Space, *, by: Role, now: datetime) -> None:
    """To driver and host: it will not take place."""
    stay = stay_of(booking, space)
    whom = {Role.HOST: "the host", Role.ADMIN: "Park Place"}
    to_driver = Cancelled(stay=stay, by=whom.get(by, "you"), url=link(space_path(space.id)))
    _to_driver(session, booking, to_driver, once="", now=now)
    whom = {Role.HOST: "you", Role.ADMIN: "Park Place"}
    to_host = Cancelled(
        stay=stay, by=whom.get(by, "the driver"), url=link(booking_path(booking.id))
    )
    key = f"cancelled-host:{booking.id}"
    queue(session, message=to_host, to=_host(session, space).email, now=now, dedupe_key=key)


def ended(session: Session, booking: Booking, space: Space, *, now: datetime) -> None:
    """To the driver: the receipt, once the stay is over and paid."""
    message = Ended(
        stay=replace(stay_of(booking, space), period=used(booking)),
        cost=_cost(booking, now=now),
        url=link(page_of(booking)),
        card=booking.card,
    )
    _to_driver(session, booking, message, once="", now=now)


def payment_failed(
    session: Session, booking: Booking, space: Space, attempt: Attempt, *, now: datetime
) -> None:
    """To the driver: the card was declined, and where to pay."""
    again = booking.next_charge_at if booking.payment_status == PaymentStatus.DUE else None
    message = PaymentFailed(
        stay=stay_of(booking, space),
        due=Money(attempt.amount_minor, attempt.currency),
        url=link(page_of(booking)),
        card=booking.card,
        next_try=again,
    )
    _to_driver(session, booking, message, once=str(attempt.id), now=now)


def payment_action(
    session: Session, booking: Booking, space: Space, attempt: Attempt, *, now: datetime
) -> None:
    """To the driver: the bank wants them to confirm the payment."""
    message = PaymentAction(
        stay=stay_of(booking, space),
        due=Money(attempt.amount_minor, attempt.currency),
        url=link(page_of(booking)),
        card=booking.card,
    )
    _to_driver(session, booking, message, once=str(attempt.id), now=now)


def stay_of(booking: Booking, space: Space) -> Stay:
    """Return what letters and calendars say about a booking."""
    return Stay(
        booking_id=booking.id,
        reference=booking.reference,
        space=space.title,
        neighbourhood=space.neighbourhood,
        address=space.address,
        bay=booking.bay,
        period=Period(booking.starts_at, booking.ends_at),
        timezone=booking.timezone,
        plate=" ".join(filter(None, (booking.plate_region, booking.plate))),
        changes=booking.changes,
    )


def _to_driver(
    session: Session, booking: Booking, message: Message, *, once: str, now: datetime
) -> None:
    key = f"{message.kind}:{booking.id}:{once}"
    # A guest's letters carry the link that is their only way to the booking.
    guest = booking.driver_id is None
    queue(session, message=message, to=booking.email, now=now, dedupe_key=key, essential=guest)


def _host(session: Session, space: Space) -> User:
    return session.get_one(User, space.host_id)


def _cost(booking: Booking, *, now: datetime) -> Cost:
    result = settlement(booking, now=now)
    lines = tuple(CostLine(line.text, line.amount) for line in result.lines)
    return Cost(lines, result.total)
