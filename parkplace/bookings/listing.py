"""Listing spaces, free or not: without a place the newest first, without a stay the nearest first.

Whoever knows both a place and a stay asks `search`, which is made for it.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.roles import acts_as_admin
from parkplace.bookings import listing_sql, search_sql
from parkplace.bookings.circles import Circle
from parkplace.bookings.pricing import RateCard, price
from parkplace.bookings.quoting import require_bookable
from parkplace.bookings.search import (
    LIMIT_MOST,
    Sort,
    card_parameters,
    cursor_of,
    position_of,
    priced,
    require_radius,
)
from parkplace.core.db import sql
from parkplace.core.errors import Invalid
from parkplace.core.geo import Box, Point
from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.spaces import cells
from parkplace.spaces.models import SpaceKind, SpaceStatus
from parkplace.spaces.queries import EVERYTHING, Filters, conditions, patterns

# The index of trigrams finds nothing shorter.
_INDEXED = re.compile(r"\w{3}")


class StayNeeded(Invalid):
    """Raised when prices of a stay are to be compared and no stay is given."""

    code = "period_needed"


class ListedSpace(NamedTuple):
    """A space in a list.

    Attributes:
        free: How many of its bays are free for the whole stay; None without a stay.
        distance_m: From the point, in metres; None without one.
        total: What the whole stay costs; None without a stay.
        photo_key: Of its first picture, or None; see `spaces.queries.Photo`.
    """

    id: UUID
    title: str
    address: str
    neighbourhood: str
    point: Point
    timezone: str
    kind: SpaceKind
    tags: tuple[str, ...]
    capacity: int
    free: int | None
    instant: bool
    distance_m: float | None
    card: RateCard
    total: Money | None
    photo_key: str | None
    status: SpaceStatus


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of spaces.

    Attributes:
        after: Asks for the next page; None on the last. A page that is not full may have a next
            one: only so many spaces are looked at for each.
    """

    items: tuple[ListedSpace, ...]
    after: str | None


def newest(
    session: Session,
    *,
    viewer: User | None = None,
    filters: Filters = EVERYTHING,
    period: Period | None = None,
    now: datetime,
    limit: int = 20,
    after: UUID | None = None,
    candidates: int = search_sql.CANDIDATES,
) -> Listed:
    """Return spaces, the newest first; for a period those that are open and free for all of it.

    Hosts who ask for their own, and admins who ask for a host's, see drafts and paused ones too,
    unless a period is given: those nobody can have.

    Args:
        session: The open transaction.
        viewer: Who is looking, if that is known.
        filters: What must hold; prices of the stay need a period.
        period: When, or None.
        now: The current instant; holds that are overdue by then no longer count.
        limit: How many at most, 100 or fewer.
        after: The last space of the page before.
        candidates: How many spaces are looked at for a page, where no index finds them.

    Raises:
        StayNeeded: Prices of a stay are asked for without one.
        PeriodPast, PeriodTooFar, PeriodTooLong: Nobody could book that period.
    """
    if period is not None:
        require_bookable(period, now=now)
    limit = max(1, min(limit, LIMIT_MOST))
    asked = _asked(session, viewer, filters, period, after=after, candidates=candidates)
    if period is not None:
        asked.given |= {"starts": period.starts_at, "ends": period.ends_at, "now": now}
    statement = listing_sql.page(asked.source, asked.where, stay=period is not None)
    rows = sql(session, statement, **asked.given, limit=limit + 1).all()
    items = tuple(_listed(row, period) for row in rows[:limit])
    if len(rows) > limit:
        return Listed(items, str(items[-1].id))
    return Listed(items, asked.last(session))


def nearest(
    session: Session,
    *,
    point: Point,
    radius_m: float,
    filters: Filters = EVERYTHING,
    limit: int = 20,
    after: str | None = None,
) -> Listed:
    """Return spaces around a point, free or not, the nearest first.

    Of more than 20,000 spaces within the radius the nearest are looked at.

    Args:
        session: The open transaction.
        point: Where from.
        radius_m: How far, in metres, up to 100 km.
        filters: What else must hold, but for prices of a stay.
        limit: How many at most, 100 or fewer.
        after: `Listed.after` of the page before.

    Raises:
        StayNeeded, RadiusTooWide, BadCursor: What was asked makes no sense.
    """
    _refuse_prices(filters, None)
    require_radius(radius_m)
    limit = max(1, min(limit, LIMIT_MOST))
    position = position_of(Sort.DISTANCE, after)
    where, given = conditions(filters)
    circle = Circle(point, radius_m)
    statement = search_sql.nearest(circle.stretches, where, after=bool(position), stay=False)
    rows = sql(session, statement, **given, **circle.given, **position, limit=limit + 1).all()
    items = tuple(_listed(row, None) for row in rows[:limit])
    if len(rows) <= limit:
        return Listed(items, None)
    return Listed(items, cursor_of(items[-1].id, distance_m=rows[limit - 1].distance))


@dataclass(slots=True)
class _Asked:
    """What is asked for, in the words of the statements."""

    source: str
    where: str
    given: dict[str, Any]
    bounded: bool

    def last(self, session: Session) -> str | None:
        """Return where to go on after a page that is not full, if there is anything to look at."""
        if not self.bounded:
            return None
        return sql(session, listing_sql.last(self.source), **self.given).scalar_one()


def _asked(
    session: Session,
    viewer: User | None,
    filters: Filters,
    period: Period | None,
    *,
    after: UUID | None,
    candidates: int,
) -> _Asked:
    _refuse_prices(filters, period)
    own = period is None and _is_own(viewer, filters.host_id)
    narrow, given, rest = _by_index(session, filters, candidates)
    where, more = conditions(rest)
    given |= more
    bounded = bool(where) or period is not None
    if bounded:
        given["candidates"] = candidates
    if after is not None:
        given["after_id"] = str(after)
    whose = listing_sql.OWN if own else listing_sql.PUBLISHED
    source = listing_sql.source(whose, narrow, after=after is not None, bounded=bounded)
    if period is not None and priced(filters):
        found = sql(session, listing_sql.rate_cards(source, where), **given)
        given |= card_parameters([RateCard(*row) for row in found], filters, period)
        where += priced(filters)
    return _Asked(source, where, given, bounded)


def _is_own(viewer: User | None, host_id: UUID | None) -> bool:
    if viewer is None or host_id is None:
        return False
    return viewer.id == host_id or acts_as_admin(viewer)


def _by_index(
    session: Session, filters: Filters, candidates: int
) -> tuple[str, dict[str, Any], Filters]:
    """Return the conditions that an index serves best, their parameters, and the other filters.

    An index is best where it finds little: what one host has, what lies in a small box, what has
    rare words. Of what there is much, walking from the newest on meets enough.
    """
    if filters.host_id is not None:
        return *conditions(Filters(host_id=filters.host_id)), replace(filters, host_id=None)
    if filters.box is not None and cells.listed(session, box=filters.box) <= candidates:
        return *_in_box(filters.box), replace(filters, box=None)
    words = filters.words.split()
    found = patterns(" ".join(word for word in words if _INDEXED.search(word)))
    if found:
        narrow = listing_sql.words(len(found))
        given: dict[str, Any] = {f"word_{n}": pattern for n, pattern in enumerate(found)}
        counted = sql(session, listing_sql.counted(narrow), **given, candidates=candidates)
        if counted.scalar_one() < candidates:
            short = " ".join(word for word in words if not _INDEXED.search(word))
            return narrow, given, replace(filters, words=short)
    return "", {}, filters


def _in_box(box: Box) -> tuple[str, dict[str, Any]]:
    narrow, given = conditions(Filters(box=box))
    stretches = cells.tiles_of(box)
    for number, tiles in enumerate(stretches):
        given |= {f"west_{number}": tiles.west, f"east_{number}": tiles.east}
    given |= {"north": stretches[0].north, "south": stretches[0].south}
    return narrow + listing_sql.inside(len(stretches)), given


def _refuse_prices(filters: Filters, period: Period | None) -> None:
    if period is None and priced(filters):
        raise StayNeeded("Say when, to compare what a stay costs.", field="starts_at")


def _listed(row: Row[Any], period: Period | None) -> ListedSpace:
    card = RateCard(row.hour_minor, row.day_cap_minor, row.currency)
    return ListedSpace(
        row.id,
        row.title,
        row.address,
        row.neighbourhood,
        Point(lat=row.lat, lng=row.lng),
        row.timezone,
        SpaceKind(row.kind),
        tuple(row.tags),
        row.capacity,
        row.free,
        row.instant,
        row.distance,
        card,
        None if period is None else price(card, period).total,
        row.photo_key,
        SpaceStatus(row.status),
    )
