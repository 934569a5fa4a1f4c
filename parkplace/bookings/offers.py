"""What a space offers for a period, and a stay for another end; nothing is promised or changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.bookings import service
from parkplace.bookings.access import Caller, require
from parkplace.bookings.pricing import Price
from parkplace.bookings.quoting import estimate, listed_space, require_bookable, require_open
from parkplace.bookings.search import free_bays
from parkplace.core.errors import Conflict, Invalid
from parkplace.core.times import Period


@dataclass(frozen=True, slots=True)
class Offer:
    """What a space offers for a period.

    Attributes:
        price: What the stay would cost, booked now.
        free: How many bays are free for all of it.
        refusal: Why nobody could book it, full or not, such as `SpaceClosed`; else None.
    """

    price: Price
    free: int
    refusal: Conflict | Invalid | None


def offer(session: Session, *, space_id: UUID, period: Period, now: datetime) -> Offer:
    """Return what a listed space offers for a period.

    Raises:
        SpaceNotFound: There is none, or it is not listed.
    """
    space = listed_space(session, space_id=space_id)
    refusal: Conflict | Invalid | None = None
    try:
        require_bookable(period, now=now)
        require_open(session, space=space, period=period)
    except (Conflict, Invalid) as error:
        refusal = error
    free = free_bays(session, space_id=space_id, period=period, now=now)
    return Offer(estimate(space, period=period), free, refusal)


def with_other_end(
    session: Session, *, booking_id: UUID, caller: Caller, ends_at: datetime, now: datetime
) -> Price:
    """Return what a stay would cost with another end, if it could be had; nothing is changed.

    The change is tried and taken back, so what is refused here is what would be refused then.

    Raises:
        As `service.change_end` does.
    """
    with session.begin_nested() as trial:
        service.change_end(session, booking_id=booking_id, caller=caller, ends_at=ends_at, now=now)
        trial.rollback()
    booking, _, _ = require(session, booking_id=booking_id, caller=caller)
    return service.extension_price(booking, ends_at=ends_at)


def if_left_now(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> Price:
    """Return what a running stay would cost if it were ended now; nothing is changed.

    Raises:
        As `service.leave` does.
    """
    with session.begin_nested() as trial:
        left = service.leave(session, booking_id=booking_id, caller=caller, now=now)
        until = left.left_at or left.ends_at
        trial.rollback()
    booking, _, _ = require(session, booking_id=booking_id, caller=caller)
    return service.extension_price(booking, ends_at=until)
