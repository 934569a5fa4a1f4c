"""Who may see and change a booking."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.accounts.roles import acts_as_admin, refuse_unproven
from parkplace.bookings.models import Booking
from parkplace.bookings.moves import Actor, Role
from parkplace.core.errors import Forbidden, NotFound
from parkplace.spaces.models import Space


class BookingNotFound(NotFound):
    """Raised for a booking that does not exist or is none of the caller's business."""

    code = "booking_not_found"


class NotYours(Forbidden):
    """Raised when the caller may see a booking but not do this to it."""

    code = "not_yours"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: an account, or the bearer of the manage token of one booking, or nobody."""

    user: User | None = None
    manages: UUID | None = None


NOBODY = Caller()


def require(
    session: Session,
    *,
    booking_id: UUID,
    caller: Caller,
    roles: set[Role] | None = None,
    lock: bool = False,
) -> tuple[Booking, Space, Actor]:
    """Return a booking, its space, and in what role the caller may act on it.

    Args:
        session: The open transaction.
        booking_id: Which booking; the caller's claim.
        caller: Who is asking.
        roles: Who may do what follows; None means anyone who may see the booking.
        lock: Whether to lock the booking's row until the transaction ends.

    Raises:
        BookingNotFound: No such booking, or the caller may not know of it.
        NotYours: The caller may see it, but `roles` leaves them out.
        SecondFactorRequired: Admins may, once two-factor sign-in is on.
    """
    query = select(Booking, Space).join(Space, col(Space.id) == Booking.space_id)
    query = query.where(col(Booking.id) == booking_id).execution_options(populate_existing=True)
    found = session.exec(query.with_for_update(of=Booking) if lock else query).first()
    role = None if found is None else _role(*found, caller)
    if found is None or role is None:
        refuse_unproven(caller.user)
        raise BookingNotFound("There is no such booking. Check the link, or sign in.")
    if roles is not None and role not in roles:
        raise NotYours("This booking is not yours to change.")
    booking, space = found
    return booking, space, Actor(role, caller.user.id if caller.user else None)


def _role(booking: Booking, space: Space, caller: Caller) -> Role | None:
    if caller.manages == booking.id:
        return Role.GUEST
    if caller.user is None:
        return None
    if booking.driver_id == caller.user.id:
        return Role.DRIVER
    if space.host_id == caller.user.id:
        return Role.HOST
    return Role.ADMIN if acts_as_admin(caller.user) else None
