"""The calendar of a space: day by day when it is open, and how many bays are free then.

Days and opening hours are those of a clock at the space. Free bays are counted by quarter hours: a
bay that is taken for a minute of one counts as taken for all of it, so that what a calendar holds
is bounded however much happens.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import blocks
from parkplace.bookings.blocks import Blocked
from parkplace.bookings.of_space import Booked, booked
from parkplace.core.db import sql
from parkplace.core.errors import Invalid
from parkplace.core.times import Period, wall, zone
from parkplace.spaces import queries
from parkplace.spaces.exceptions import FIRST_YEAR, LAST_YEAR, open_then
from parkplace.spaces.hours import midnight
from parkplace.spaces.queries import SpaceView

DAYS_MOST = 92
DAYS = 31
BOOKINGS_MOST = 1000

# How many more bays are taken from an instant on, or fewer. A bay's stays are joined first, since
# two may share a quarter hour.
_CHANGES = """
    WITH taken AS (
        SELECT unnest(range_agg(tstzrange(
            date_bin('15 min', greatest(lower(during), :starts), 'epoch'),
            date_bin('15 min', least(upper(during), :ends) + interval '899.999999 s', 'epoch')
        ))) AS stretch
        FROM occupancies
        WHERE space_id = :space_id AND bay <= :capacity AND during && tstzrange(:starts, :ends)
            AND (expires_at IS NULL OR expires_at > :now)
        GROUP BY bay
    )
    SELECT at, CAST(sum(bays) AS integer) AS bays FROM (
        SELECT lower(stretch) AS at, 1 AS bays FROM taken
        UNION ALL SELECT upper(stretch), -1 FROM taken
    ) change GROUP BY at HAVING sum(bays) <> 0 ORDER BY at
"""


class BadDays(Invalid):
    """Raised for days that end before they begin, or are too many at once."""

    code = "bad_days"


@dataclass(frozen=True, slots=True)
class Bays:
    """A period in which a space is open, and how many of its bays are free for all of it."""

    period: Period
    free: int
    taken: int


@dataclass(frozen=True, slots=True)
class Day:
    """A date at a space: when it is open, and from now on how many bays are free then."""

    date: date
    open: tuple[Period, ...]
    bays: tuple[Bays, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a space.

    Attributes:
        blocks, bookings: What takes its bays; None for all but its host.
        complete: Whether `bookings` are all there are; else the first thousand.
    """

    timezone: str
    capacity: int
    days: tuple[Day, ...]
    blocks: tuple[Blocked, ...] | None
    bookings: tuple[Booked, ...] | None
    complete: bool


def calendar(
    session: Session,
    *,
    space_id: UUID,
    viewer: User | None,
    first: date | None = None,
    last: date | None = None,
    now: datetime,
) -> Calendar:
    """Return the days of a space.

    Args:
        session: The open transaction.
        space_id: Which space.
        viewer: Who is looking, if that is known.
        first: The first date at the space; today if None.
        last: The last one, which is included; a month from the first if None.
        now: The current instant; what is past is nobody's to have.

    Raises:
        SpaceNotFound: There is none for this person.
        BadDays: These are no days, or more than 92.
    """
    space = queries.space(session, space_id=space_id, viewer=viewer, with_retired=False)
    first = first or wall(now, timezone=space.timezone).date()
    last = _last(first, last)
    place = zone(space.timezone)
    edges = [midnight(first + timedelta(days=n), place) for n in range((last - first).days + 2)]
    whole = Period(edges[0], edges[-1])
    opened = open_then(
        space.hours,
        space.exceptions,
        timezone=space.timezone,
        from_day=first,
        days=len(edges) - 1,
    )
    count = _Count(_changes(session, space, whole, now=now), space.capacity)
    return Calendar(
        timezone=space.timezone,
        capacity=space.capacity,
        days=tuple(
            _day(first + timedelta(days=number), span, opened, count, now=now)
            for number, span in enumerate(pairwise(edges))
        ),
        **_for_the_host(session, space, whole, now=now),
    )


class _Count:
    """How many bays are taken at each instant."""

    def __init__(self, changes: Iterable[tuple[datetime, int]], capacity: int) -> None:
        self.capacity = capacity
        self._at: list[datetime] = []
        self._taken = [0]
        for at, bays in changes:
            self._at.append(at)
            self._taken.append(self._taken[-1] + bays)

    def during(self, period: Period) -> Iterator[Bays]:
        """Give a period cut where the number changes."""
        start, number = period.starts_at, bisect_right(self._at, period.starts_at)
        while start < period.ends_at:
            end = self._at[number] if number < len(self._at) else period.ends_at
            end = min(end, period.ends_at)
            taken = self._taken[number]
            yield Bays(Period(start, end), self.capacity - taken, taken)
            start, number = end, number + 1


def _last(first: date, last: date | None) -> date:
    for field, day in (("from", first), ("to", last)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BadDays(f"Days lie in the years {FIRST_YEAR} to {LAST_YEAR}.", field=field)
    last = last or first + timedelta(days=DAYS - 1)
    if last < first:
        raise BadDays("The last day comes before the first. Turn them round.", field="to")
    if (last - first).days >= DAYS_MOST:
        raise BadDays(f"A calendar has at most {DAYS_MOST} days. Ask for fewer.", field="to")
    return last


def _changes(
    session: Session, space: SpaceView, whole: Period, *, now: datetime
) -> list[tuple[datetime, int]]:
    if whole.ends_at <= now:
        return []
    found = sql(
        session,
        _CHANGES,
        space_id=space.id,
        capacity=space.capacity,
        starts=max(whole.starts_at, _quarter(now)),
        ends=whole.ends_at,
        now=now,
    )
    return [(row.at, row.bays) for row in found]


def _day(
    day: date,
    span: tuple[datetime, datetime],
    opened: list[Period],
    count: _Count,
    *,
    now: datetime,
) -> Day:
    begins, ends = span
    today = list(_within(opened, begins, ends))
    ahead = _within(today, max(begins, _quarter(now)), ends)
    return Day(day, tuple(today), tuple(part for period in ahead for part in count.during(period)))


def _within(periods: Iterable[Period], begins: datetime, ends: datetime) -> Iterator[Period]:
    for period in periods:
        start, end = max(period.starts_at, begins), min(period.ends_at, ends)
        if start < end:
            yield Period(start, end)


def _quarter(now: datetime) -> datetime:
    """Return the quarter hour that an instant lies in."""
    return now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)


def _for_the_host(
    session: Session, space: SpaceView, whole: Period, *, now: datetime
) -> dict[str, Any]:
    if not space.mine:
        return {"blocks": None, "bookings": None, "complete": True}
    limit = BOOKINGS_MOST + 1
    stays = booked(session, space_id=space.id, during=whole, now=now, limit=limit)
    return {
        "blocks": tuple(blocks.of_space(session, space_id=space.id, during=whole)),
        "bookings": tuple(stays[:BOOKINGS_MOST]),
        "complete": len(stays) <= BOOKINGS_MOST,
    }
