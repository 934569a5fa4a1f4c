"""Guests who become somebody: their bookings join the account once its e-mail is proved."""

from datetime import datetime

from sqlmodel import Session, col, update

from parkplace.accounts.models import User
from parkplace.bookings.models import Booking, BookingEvent
from parkplace.bookings.moves import Role
from parkplace.core import db
from parkplace.payments import attempts


def join_guest_bookings(session: Session, *, user: User, now: datetime) -> int:
    """Give an account the bookings that were made with its address as a guest; return how many.

    Doors call it when an address is verified and at each sign-in; while the address is not proved
    to be theirs nothing joins, and doing it again changes nothing. The links that the guest was
    sent go on working, and what was charged appears among the account's payments.
    """
    if user.email_verified_at is None:
        return 0
    joined = session.exec(
        update(Booking)
        .where(col(Booking.driver_id).is_(None), col(Booking.email) == user.email)
        .values(driver_id=user.id)
        .returning(col(Booking.id), col(Booking.status))
    ).all()
    if not joined:
        return 0
    session.add_all(
        BookingEvent(
            booking_id=booking_id,
            at=now,
            actor=Role.DRIVER,
            actor_id=user.id,
            from_status=status,
            to_status=status,
            why="joined the account",
        )
        for booking_id, status in joined
    )
    ids = [booking_id for booking_id, _ in joined]
    attempts.adopt(session, order_ids=ids, payer_id=user.id)
    for topic in (f"user:{user.id}", *(f"booking:{booking_id}" for booking_id in ids)):
        db.notify(session, topic=topic)
    return len(ids)
