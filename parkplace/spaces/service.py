"""Listing spaces: a host writes one down, changes it, offers it, pauses it, retires it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.accounts.roles import refuse_unproven
from parkplace.accounts.verification import require_verified
from parkplace.core.db import lock, notify
from parkplace.core.errors import Forbidden, NotFound
from parkplace.core.geo import Point, area_topic, tile
from parkplace.spaces.drafts import Draft, columns_of
from parkplace.spaces.exceptions import Exceptions
from parkplace.spaces.hosts import HostSuspended, is_barred
from parkplace.spaces.hours import Hours
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound, may_change
from parkplace.spaces.schedules import intern_schedule

AREA_ZOOM = 14  # what `occupancies.tile` counts in


class NotTheHost(Forbidden):
    """Raised when someone would change another host's space."""

    code = "not_the_host"


class SpaceRetired(NotFound):
    """Raised when someone would change a space that is gone for good."""

    code = "space_retired"


def create(session: Session, *, actor: User, draft: Draft, now: datetime) -> Space:
    """Write a new space down, not yet listed; whoever does that becomes a host.

    Raises:
        EmailUnverified: Hosts have shown that their address is theirs.
        TextNeeded, TextTooLong, BadText, UnknownKind, UnknownTag, BadCapacity, BadPrice, BadLimit,
        UnknownCurrency: A field is wrong; the error names it.
    """
    require_verified(actor)
    values = columns_of(session, draft, kept=[], now=now)
    space = Space(host_id=actor.id, status=SpaceStatus.DRAFT, created_at=now, **values)
    actor.is_host = True
    session.add_all([actor, space])
    session.flush()
    return space


def edit(session: Session, *, actor: User, space_id: UUID, draft: Draft, now: datetime) -> Space:
    """Replace what is said about a space; `drafts.draft_of` gives what is said now.

    Bookings made before keep the rate card they were made with.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: See `own`; and all that `create` raises.
    """
    space = own(session, actor=actor, space_id=space_id)
    before = Point(lat=space.lat, lng=space.lng)
    if tile(before, zoom=AREA_ZOOM) != tile(draft.point, zoom=AREA_ZOOM):
        # Bookings take this lock too: an occupancy written meanwhile would keep the old area.
        lock(session, name="space", key=str(space.id))
    values = columns_of(session, draft, kept=space.tags, now=now)
    for column, value in values.items():
        setattr(space, column, value)
    session.flush()
    _signal(session, space, before)
    return space


def set_hours(
    session: Session,
    *,
    actor: User,
    space_id: UUID,
    hours: Hours | None,
    exceptions: Exceptions,
    now: datetime,
) -> Space:
    """Say when a space is open, and leave the rest as it is; bookings made before stand.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: See `own`.
    """
    space = own(session, actor=actor, space_id=space_id)
    schedule_id = intern_schedule(
        session, hours=hours, timezone=space.timezone, exceptions=exceptions, now=now
    )
    if space.schedule_id != schedule_id:
        space.schedule_id, space.updated_at = schedule_id, now
        session.flush()
        _signal(session, space, Point(lat=space.lat, lng=space.lng))
    return space


def publish(session: Session, *, actor: User, space_id: UUID, now: datetime) -> Space:
    """Offer a space to drivers.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired, EmailUnverified: See `own` and `create`.
        HostSuspended: See `own`; its host is kept out.
    """
    require_verified(actor)
    return _move(session, actor, space_id, SpaceStatus.PUBLISHED, now)


def pause(session: Session, *, actor: User, space_id: UUID, now: datetime) -> Space:
    """Take a space out of the search until it is published again; bookings stand.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: See `own`.
    """
    return _move(session, actor, space_id, SpaceStatus.PAUSED, now)


def retire(session: Session, *, actor: User, space_id: UUID, now: datetime) -> Space:
    """Take a space out of the search for good; its bookings stand.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: See `own`.
    """
    return _move(session, actor, space_id, SpaceStatus.RETIRED, now)


def own(session: Session, *, actor: User, space_id: UUID, locked: bool = True) -> Space:
    """Return a space that is the actor's to change, locked until the transaction ends.

    Args:
        session: The open transaction.
        actor: Who wants to.
        space_id: Which space; their claim.
        locked: Whether to lock it; not needed by those who only look.

    Raises:
        SpaceNotFound: There is none, or it is another host's and not listed.
        NotTheHost: It is another host's.
        SecondFactorRequired: It is, and admins must switch on two-factor sign-in first.
        SpaceRetired: It is gone for good.
    """
    query = select(Space).where(col(Space.id) == space_id)
    # Read again under the lock: of two changes at once the second starts from the first. Its key
    # is left alone, so that bookings, which refer to the space, need not wait for this lock.
    if locked:
        query = query.with_for_update(key_share=True)
    space = session.exec(query.execution_options(populate_existing=True)).first()
    hidden = space is not None and space.status != SpaceStatus.PUBLISHED
    mine = space is not None and may_change(space, actor)
    if not mine:
        refuse_unproven(actor)
    if space is None or (hidden and not mine):
        raise SpaceNotFound("There is no such space. Look for it among yours.")
    if not mine:
        raise NotTheHost("This is another host's space. Only they can change it.")
    if space.status == SpaceStatus.RETIRED:
        raise SpaceRetired("This space is retired. List it again as a new one.")
    return space


def _move(session: Session, actor: User, space_id: UUID, to: SpaceStatus, now: datetime) -> Space:
    barred = to == SpaceStatus.PUBLISHED and is_barred(session, space_id=space_id)
    space = own(session, actor=actor, space_id=space_id)
    if space.status != to:
        if barred:
            raise HostSuspended("The host of this space is suspended. Reinstate them first.")
        space.status = to
        space.updated_at = now
        session.flush()
        _signal(session, space, Point(lat=space.lat, lng=space.lng))
    return space


def _signal(session: Session, space: Space, before: Point) -> None:
    notify(session, topic=f"space:{space.id}")
    for topic in {area_topic(before), area_topic(Point(lat=space.lat, lng=space.lng))}:
        notify(session, topic=topic)
