"""A guest who lost their link asks for a fresh one, by e-mail address and booking reference."""

from datetime import datetime

from sqlmodel import Session, col, select

from parkplace.accounts.emails import normalised
from parkplace.accounts.manage_links import manage_token
from parkplace.bookings.models import Booking
from parkplace.core.ids import new_id, read_reference
from parkplace.core.links import guest_path, link
from parkplace.notifications.messages import FreshLink
from parkplace.notifications.outbox import queue


def send(session: Session, *, email: str, reference: str, now: datetime) -> None:
    """Mail a guest the link to their booking, if address and reference belong together.

    Whether they do, nobody learns, in words or in time: for a booking that is not there the same
    letter is written, and taken back. At most one a minute leaves for a booking.

    Args:
        session: The open transaction.
        email: The guest's address, as typed.
        reference: What stands on the pass, in any spelling: `8Q4-KX2H`, `8q4kx2h`.
        now: The current instant.

    Raises:
        BadEmail: It is no address.
    """
    address, known = normalised(email), read_reference(reference)
    booking_id = session.exec(
        select(Booking.id).where(
            col(Booking.reference) == known,
            col(Booking.email) == address,
            col(Booking.driver_id).is_(None),
        )
    ).first()
    named = booking_id or new_id()
    letter = FreshLink(reference=known, url=link(guest_path(manage_token(named))))
    key = f"{letter.kind}:{named}:{now:%Y-%m-%dT%H:%M}"
    with session.begin_nested() as trial:
        queue(session, message=letter, to=address, now=now, dedupe_key=key)
        if booking_id is None:
            trial.rollback()
