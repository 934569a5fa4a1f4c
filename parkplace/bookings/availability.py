"""When a space is to be had, apart from its bookings: its week, dates that differ, blocks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import blocks
from parkplace.bookings.blocks import Blocked
from parkplace.spaces import queries, service
from parkplace.spaces.exceptions import Exceptions
from parkplace.spaces.hours import Hours


@dataclass(frozen=True, slots=True)
class Availability:
    """What a host says about when a space is to be had.

    Attributes:
        hours: Its week, in its own wall time; None is always open.
        exceptions: Dates that have hours of their own.
        blocks: Periods for which bays are out of use and that are not over.
    """

    hours: Hours | None = None
    exceptions: Exceptions = ()
    blocks: tuple[Blocked, ...] = ()


def availability(
    session: Session, *, space_id: UUID, viewer: User | None, now: datetime
) -> Availability:
    """Return when a space is to be had; its blocks are the host's to see.

    Raises:
        SpaceNotFound: There is none for this person.
    """
    space = queries.space(session, space_id=space_id, viewer=viewer, with_retired=False)
    blocked = blocks.ahead(session, space_id=space_id, now=now) if space.mine else ()
    return Availability(space.hours, space.exceptions, tuple(blocked))


def replace(
    session: Session, *, actor: User, space_id: UUID, wanted: Availability, now: datetime
) -> None:
    """Replace all that is said about when a space is to be had; bookings made before stand.

    Blocks that are over stay as they were.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: It is not the actor's to change.
        BadBlock, OverlappingBlocks, TooManyBlocks, BlockMeetsBookings: See `blocks.replace`.
    """
    space = service.set_hours(
        session,
        actor=actor,
        space_id=space_id,
        hours=wanted.hours,
        exceptions=wanted.exceptions,
        now=now,
    )
    blocks.replace(session, space=space, blocks=wanted.blocks, now=now)
