"""When a space is to be had: what its host says, its calendar, and what is booked there."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.responses import Response

from parkplace.accounts.models import User
from parkplace.api import etags
from parkplace.api.deps import CallerDep, NowDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.availability import (
    AvailabilityIn,
    AvailabilityOut,
    CalendarIn,
    CalendarOut,
    SpaceBookingsIn,
)
from parkplace.api.schemas.bookings import BookingOut, BookingsOut
from parkplace.api.schemas.common import next_cursor, read_cursor
from parkplace.bookings import availability as rules
from parkplace.bookings import days
from parkplace.bookings.of_space import of_space
from parkplace.core.db import transaction
from parkplace.spaces import service
from parkplace.spaces.models import Space

router = APIRouter(prefix="/spaces/{space_id:uuid}", tags=["spaces"])


@router.get("/availability", responses=problems(401, 403, 404, 422))
def availability(
    space_id: UUID, response: Response, asking: CallerDep, now: NowDep
) -> AvailabilityOut:
    """Return when a space is to be had, apart from its bookings; blocks are for its host alone."""
    with transaction() as session:
        return etags.tagged(response, _said(session, space_id, asking.user, now=now))


@router.put("/availability", responses=problems(400, 401, 403, 404, 409, 412, 413, 422))
def make_available(
    *,
    space_id: UUID,
    body: AvailabilityIn,
    response: Response,
    user: UserDep,
    now: NowDep,
    if_match: etags.IfMatchDep,
) -> AvailabilityOut:
    """Replace the week, the exceptions and the blocks of a space; bookings made before stand.

    A block where somebody has booked is refused with `block_meets_bookings`, which names them.
    """
    with transaction() as session:
        space = service.own(session, actor=user, space_id=space_id)
        if if_match is not None:
            etags.require_match(if_match, etags.tag(_said(session, space_id, user, now=now)))
        wanted = body.to_availability(lambda: space.timezone)
        rules.replace(session, actor=user, space_id=space_id, wanted=wanted, now=now)
        return etags.tagged(response, _said(session, space_id, user, now=now))


@router.get("/calendar", responses=problems(401, 403, 404, 422))
def calendar(
    *,
    space_id: UUID,
    wanted: Annotated[CalendarIn, Query()],
    asking: CallerDep,
    now: NowDep,
) -> CalendarOut:
    """Return day by day when a space is open and how many bays are free, up to 92 days.

    Its host also sees what is blocked and booked.
    """
    with transaction() as session:
        found = days.calendar(
            session,
            space_id=space_id,
            viewer=asking.user,
            first=wanted.from_,
            last=wanted.to,
            now=now,
        )
    return CalendarOut.of(found)


@router.get("/bookings", responses=problems(401, 403, 404, 422))
def booked(
    *,
    space_id: UUID,
    wanted: Annotated[SpaceBookingsIn, Query()],
    user: UserDep,
    now: NowDep,
) -> BookingsOut:
    """Return what is booked in a space, for its host or an admin; what begins last comes first."""
    with transaction() as session:
        during = None
        if wanted.is_given:
            during = wanted.period(lambda: _own(session, space_id, user).timezone)
        found = of_space(
            session,
            viewer=user,
            space_id=space_id,
            statuses=wanted.status,
            during=during,
            now=now,
            after=read_cursor(wanted.cursor),
            limit=wanted.limit,
        )
    ids = [view.id for view in found]
    return BookingsOut(
        items=[BookingOut.of(view) for view in found], next_cursor=next_cursor(ids, wanted.limit)
    )


def _own(session: Session, space_id: UUID, user: User) -> Space:
    return service.own(session, actor=user, space_id=space_id, locked=False)


def _said(
    session: Session, space_id: UUID, viewer: User | None, *, now: datetime
) -> AvailabilityOut:
    said = rules.availability(session, space_id=space_id, viewer=viewer, now=now)
    return AvailabilityOut.of(said)
