"""Listing spaces: a host writes one down, changes it, offers it, pauses it, retires it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.core.db import lock, notify
from parkplace.core.errors import Conflict, Forbidden, Invalid
from parkplace.core.geo import Point, area_topic, neighbourhood_at, tile, zone_at
from parkplace.core.money import require_currency
from parkplace.core.texts import clean_text
from parkplace.spaces.hosts import HostSuspended, is_barred
from parkplace.spaces.hours import Hours, parse_weekly
from parkplace.spaces.models import Schedule, Space, SpaceKind, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound, may_change
from parkplace.spaces.schedules import intern_schedule

TAGS = (
    "covered",
    "ev",
    "gated",
    "attended",
    "cctv",
    "lit",
    "accessible",
    "height-limited",
)
TITLE_LEAST = 3
TITLE_MOST = 80
DESCRIPTION_MOST = 4000
ADDRESS_MOST = 200
INSTRUCTIONS_MOST = 1000
CAPACITY_MOST = 10_000
PRICE_MOST = 10**9  # minor units: far above any hour, far below where sums of stays overflow
AREA_ZOOM = 14  # what `occupancies.tile` counts in


class NotTheHost(Forbidden):
    """Raised when someone would change another host's space."""

    code = "not_the_host"


class UnknownKind(Invalid):
    """Raised for a kind of space there is not."""

    code = "unknown_kind"


class UnknownTag(Invalid):
    """Raised for a tag there is not."""

    code = "unknown_tag"


class BadCapacity(Invalid):
    """Raised for a number of bays that no space has."""

    code = "bad_capacity"


class BadPrice(Invalid):
    """Raised for a price that is negative, beyond reason, or a day cap below an hour's price."""

    code = "bad_price"


class SpaceRetired(Conflict):
    """Raised when someone would change a space that is gone for good."""

    code = "space_retired"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a host says about a space; time zone and neighbourhood follow from the point.

    Attributes:
        kind: A word of `SpaceKind`.
        hour_minor: The price of an hour, in minor units of `currency`; 0 is free.
        day_cap_minor: The most that 24 hours cost, or None.
        hours: Opening hours in wall time at the point; None is always open.
        tags: Words of `TAGS`.
        instructions: How to get in, for those who booked.
        instant: Whether a booking stands without the host's approval.
    """

    title: str
    point: Point
    kind: str
    capacity: int
    hour_minor: int
    currency: str
    day_cap_minor: int | None = None
    description: str = ""
    address: str = ""
    hours: Hours | None = None
    tags: frozenset[str] = frozenset()
    instructions: str = ""
    instant: bool = True


def create(session: Session, *, actor: User, draft: Draft, now: datetime) -> Space:
    """Write a new space down, not yet listed; whoever does that becomes a host.

    Raises:
        TextNeeded, TextTooLong, BadText, UnknownKind, UnknownTag, BadCapacity, BadPrice,
        UnknownCurrency: A field is wrong; the error names it.
    """
    values = _checked(session, draft, kept=[], now=now)
    space = Space(host_id=actor.id, status=SpaceStatus.DRAFT, created_at=now, **values)
    actor.is_host = True
    session.add_all([actor, space])
    session.flush()
    return space


def edit(session: Session, *, actor: User, space_id: UUID, draft: Draft, now: datetime) -> Space:
    """Replace what is said about a space; `draft_of` gives what is said now.

    Bookings made before keep the rate card they were made with.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired: See `own`; and all that `create` raises.
    """
    space = own(session, actor=actor, space_id=space_id)
    before = Point(lat=space.lat, lng=space.lng)
    if tile(before, zoom=AREA_ZOOM) != tile(draft.point, zoom=AREA_ZOOM):
        # Bookings take this lock too: an occupancy written meanwhile would keep the old area.
        lock(session, name="space", key=str(space.id))
    values = _checked(session, draft, kept=space.tags, now=now)
    for column, value in values.items():
        setattr(space, column, value)
    session.flush()
    _signal(session, space, before)
    return space


def draft_of(session: Session, *, space: Space) -> Draft:
    """Return what a space says now, to change some of it with `dataclasses.replace`."""
    weekly = None
    if space.schedule_id is not None:
        weekly = session.exec(
            select(Schedule.weekly).where(col(Schedule.id) == space.schedule_id)
        ).one()
    return Draft(
        title=space.title,
        point=Point(lat=space.lat, lng=space.lng),
        kind=space.kind,
        capacity=space.capacity,
        hour_minor=space.hour_minor,
        currency=space.currency,
        day_cap_minor=space.day_cap_minor,
        description=space.description,
        address=space.address,
        hours=parse_weekly(weekly) if weekly is not None else None,
        tags=frozenset(space.tags),
        instructions=space.instructions,
        instant=space.instant,
    )


def publish(session: Session, *, actor: User, space_id: UUID, now: datetime) -> Space:
    """Offer a space to drivers.

    Raises:
        SpaceNotFound, NotTheHost, SpaceRetired, HostSuspended: See `own`; its host is kept out.
    """
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


def own(session: Session, *, actor: User, space_id: UUID) -> Space:
    """Return a space that is the actor's to change, locked until the transaction ends.

    Raises:
        SpaceNotFound: There is none, or it is another host's and not listed.
        NotTheHost: It is another host's.
        SpaceRetired: It is gone for good.
    """
    query = select(Space).where(col(Space.id) == space_id)
    # Read again under the lock: of two changes at once the second starts from the first.
    space = session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
    hidden = space is not None and space.status != SpaceStatus.PUBLISHED
    mine = space is not None and may_change(space, actor)
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


def _checked(session: Session, draft: Draft, *, kept: list[str], now: datetime) -> dict[str, Any]:
    """Return the columns a draft fills, all of them or an error, so no row is ever half changed."""
    hour, cap, currency = _prices(draft)
    timezone = zone_at(draft.point)
    return {
        "title": clean_text(draft.title, field="title", least=TITLE_LEAST, most=TITLE_MOST),
        "description": clean_text(
            draft.description, field="description", most=DESCRIPTION_MOST, lines=True
        ),
        "address": clean_text(draft.address, field="address", most=ADDRESS_MOST),
        "instructions": clean_text(
            draft.instructions, field="instructions", most=INSTRUCTIONS_MOST, lines=True
        ),
        "kind": _kind(draft.kind),
        "capacity": _capacity(draft.capacity),
        "tags": _tags(draft.tags, kept),
        "instant": draft.instant,
        "hour_minor": hour,
        "day_cap_minor": cap,
        "currency": currency,
        "lat": draft.point.lat,
        "lng": draft.point.lng,
        "timezone": timezone,
        "neighbourhood": neighbourhood_at(draft.point),
        "schedule_id": intern_schedule(session, hours=draft.hours, timezone=timezone, now=now),
        "updated_at": now,
    }


def _prices(draft: Draft) -> tuple[int, int | None, str]:
    currency = require_currency(draft.currency)
    hour, cap = draft.hour_minor, draft.day_cap_minor
    if not 0 <= hour <= PRICE_MOST:
        raise BadPrice(
            "An hour costs nothing or more, and less than a fortune.", field="hour_minor"
        )
    if cap is not None and not hour <= cap <= PRICE_MOST:
        raise BadPrice(
            "A day costs at least what an hour costs. Raise the most for a day, or leave it out.",
            field="day_cap_minor",
        )
    return hour, cap, currency


def _tags(tags: frozenset[str], kept: list[str]) -> list[str]:
    # What an import has brought, such as `max height 2.1 m`, may stay.
    known = [*TAGS, *(tag for tag in kept if tag not in TAGS)]
    if unknown := sorted(tags.difference(known)):
        raise UnknownTag(
            f"There is no tag {unknown[0]!r}. Choose among {', '.join(TAGS)}.", field="tags"
        )
    return [tag for tag in known if tag in tags]


def _kind(kind: str) -> SpaceKind:
    try:
        return SpaceKind(kind)
    except ValueError:
        words = ", ".join(SpaceKind)
        raise UnknownKind(f"A space is one of: {words}.", field="kind") from None


def _capacity(capacity: int) -> int:
    if not 1 <= capacity <= CAPACITY_MOST:
        raise BadCapacity(f"A space has 1 to {CAPACITY_MOST:,} bays.", field="capacity")
    return capacity
