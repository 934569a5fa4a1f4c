"""A booking as a file for calendars."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.bookings.access import Caller, require
from parkplace.bookings.letters import page_of, stay_of
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.moves import Role
from parkplace.core.links import booking_path, link
from parkplace.notifications.appointment import appointment

_OFF = {BookingStatus.CANCELLED, BookingStatus.DECLINED, BookingStatus.EXPIRED}


def calendar_file(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> str:
    """Return the text of an `.ics` file with the stay, as the confirmation's letter has it.

    Raises:
        BookingNotFound: There is none that is any business of theirs.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller)
    # A guest's page is opened by its address alone, which hosts must not learn.
    theirs = actor.role in {Role.DRIVER, Role.GUEST}
    return appointment(
        stay_of(booking, space),
        url=link(page_of(booking) if theirs else booking_path(booking.id)),
        now=now,
        cancelled=booking.status in _OFF,
    )
