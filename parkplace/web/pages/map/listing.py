"""Reading the two equals: what a map shows of a search, and the list of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.bookings.pins import pins
from parkplace.bookings.search import LIMIT_MOST, FoundSpace, near
from parkplace.core.geo import Point, area_topics, distance_m
from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.spaces.queries import Filters
from parkplace.web import ui
from parkplace.web.map.pins import MapCluster, MapPin
from parkplace.web.pages.map import view
from parkplace.web.pages.map.address import Search
from parkplace.web.pages.map.crowding import gathered
from parkplace.web.pages.map.geometry import Shown, reach

PAGE = 20
TOPICS_MOST = 20  # as many as one event stream takes
# Spaces on one spot, such as the bays of a car park listed one by one, are told apart by their ids.
_SAME_SPOT_M = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched, as far as reading more of it needs it.

    Attributes:
        search: With the place, view and stay that were left open filled in.
        what: What the list covers.
        anchor: The place that the person named, if it is in view.
        origin: Where distances are measured from.
        timezone: Of the place in view; its wall time is what people see.
        period: The stay.
    """

    search: Search
    what: Shown
    anchor: Point | None
    origin: Point
    timezone: str
    period: Period

    @property
    def filters(self) -> Filters:
        """What the filters ask of a space, wherever it is."""
        asked = self.search
        return Filters(kinds=asked.kinds, tags=asked.tags, most=asked.most)


@dataclass(frozen=True, slots=True)
class OnMap:
    """What a map shows.

    Attributes:
        total: How many spaces that is.
        approximate: As in `pins`.
        prices: What the stays cost that have a pin of their own.
    """

    pins: list[MapPin] = field(default_factory=list[MapPin])
    clusters: list[MapCluster] = field(default_factory=list[MapCluster])
    total: int = 0
    approximate: bool = False
    prices: list[Money] = field(default_factory=list[Money])

    def nearest(self, point: Point) -> Point:
        """Return where the nearest of it is; something must be there."""
        there = [Point(lat=one.lat, lng=one.lng) for one in (*self.pins, *self.clusters)]
        return min(there, key=lambda other: distance_m(point, other))


@dataclass(frozen=True, slots=True)
class Listed:
    """Deeds, the pins they would have, what they cost, and the cursor of the next page."""

    deeds: list[ui.Deed] = field(default_factory=list[ui.Deed])
    pins: dict[str, MapPin] = field(default_factory=dict[str, MapPin])
    prices: list[Money] = field(default_factory=list[Money])
    after: str | None = None

    def behind(self, first: "Listed") -> "Listed":
        """Return this list with others before it."""
        return Listed(
            first.deeds + self.deeds, first.pins | self.pins, first.prices + self.prices, self.after
        )


def on_map(session: Session, found: Found, *, what: Shown, locale: str, now: datetime) -> OnMap:
    """Return what a map shows of what is searched for, wherever it looks by now."""
    filters = found.filters
    if found.search.within is not None:
        filters = replace(filters, around=(found.origin, float(found.search.within)))
    there = pins(
        session,
        box=what.box,
        zoom=what.view.zoom,
        period=found.period,
        now=now,
        filters=filters,
    )
    singles, groups = gathered(
        [view.pin(one, found.period, locale=locale) for one in there.pins],
        [view.cluster(group) for group in there.clusters],
        zoom=what.view.zoom,
    )
    prices = [one.total for one in there.pins]
    return OnMap(singles, groups, there.total, there.approximate, prices)


def page(
    session: Session, found: Found, *, count: int, after: str | None, locale: str, now: datetime
) -> Listed:
    """Return the next deeds of the list; the first of all says what leaving early would save.

    Raises:
        BadCursor: `after` is not from this search.
    """
    furthest, within = reach(found.origin, found.what.box), found.search.within
    spaces: list[FoundSpace] = []
    hinted = after is None
    while len(spaces) < count:
        part = near(
            session,
            point=found.origin,
            radius_m=furthest if within is None else min(furthest, within),
            period=found.period,
            now=now,
            filters=replace(found.filters, box=found.what.box),
            sort=found.search.sort,
            limit=min(LIMIT_MOST, count - len(spaces)),
            after=after,
        )
        spaces += part.items
        after = part.after
        if after is None:
            break
    return _listed(spaces, found, after=after, hinted=hinted, locale=locale)


def one(
    session: Session, found: Found, *, space_id: UUID, point: Point, locale: str, now: datetime
) -> Listed:
    """Return the deed of one space that stands at a point; none when it is not free any more."""
    there = near(
        session,
        point=point,
        radius_m=_SAME_SPOT_M,
        period=found.period,
        now=now,
        filters=found.filters,
        limit=LIMIT_MOST,
    )
    spaces = [
        space._replace(distance_m=distance_m(found.origin, space.point))
        for space in there.items
        if space.id == space_id
    ]
    return _listed(spaces, found, after=None, hinted=False, locale=locale)


def topics(found: Found, what: Shown) -> list[str]:
    """Return what to listen to: the areas that the list covers and those that the map shows."""
    areas = area_topics(found.what.box) + area_topics(what.box)
    return list(dict.fromkeys(areas))[:TOPICS_MOST]


def _listed(
    spaces: Sequence[FoundSpace], found: Found, *, after: str | None, hinted: bool, locale: str
) -> Listed:
    walked, period = found.anchor is not None, found.period
    return Listed(
        [
            view.deed(space, period, walked=walked, hinted=hinted and place == 0, locale=locale)
            for place, space in enumerate(spaces)
        ],
        {str(space.id): view.deed_pin(space, period, locale=locale) for space in spaces},
        [space.total for space in spaces],
        after,
    )
