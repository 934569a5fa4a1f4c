"""What the map page reads, in one transaction."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.bookings.search import RADIUS_MOST_M
from parkplace.core.errors import Invalid
from parkplace.core.geo import Box, Point, tile, zone_at
from parkplace.core.times import RepeatedTime
from parkplace.spaces import cells
from parkplace.spaces.cells import Tiles
from parkplace.web import stays, words
from parkplace.web.pages.map import address, listing, view
from parkplace.web.pages.map.address import Search
from parkplace.web.pages.map.geometry import Shown, Size, View, inside, reach, shown
from parkplace.web.pages.map.listing import PAGE, Found, Listed, OnMap

PLACE_ZOOM, TOWN_ZOOM = 16, 14


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks, and at how much.

    Attributes:
        size: Of the map.
        locale: The reader's.
        now: The current instant.
        visible: What the map shows, where that is not what the list covers.
        extra: A space whose pin was pressed, which is listed wherever it stands.
        count: How many deeds are on the page.
    """

    size: Size
    locale: str
    now: datetime
    visible: Shown | None = None
    extra: tuple[UUID, Point] | None = None
    count: int = PAGE


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the page shows of a search.

    Attributes:
        stage: One of `view.WAITING` and its neighbours.
        search: With the place, view and stay that were left open filled in.
        said: What the page says about it.
        what: Where the map is to look; None when nothing is listed anywhere.
        found: None when the time makes no sense.
        drawn: What the map shows.
        listed: The list.
        topics: What to listen to.
    """

    stage: str
    search: Search
    said: view.Said = field(default_factory=view.Said)
    what: Shown | None = None
    found: Found | None = None
    drawn: OnMap = field(default_factory=OnMap)
    listed: Listed = field(default_factory=Listed)
    topics: list[str] = field(default_factory=list[str])


def look(session: Session, *, search: Search, asking: Asking) -> Seen:
    """Read all that the page shows; a search without a place is where most spaces are."""
    where = _where(session, search)
    if where is None:
        return Seen(view.NOWHERE, search)
    what = shown(where, asking.size)
    anchor = search.at if search.at is not None and inside(what.box, search.at) else None
    origin = anchor or where.centre
    timezone = zone_at(origin)
    stay = stays.from_query(search.stay.query(), timezone=timezone, now=asking.now)
    search = replace(search, view=where, stay=stay)
    asked, errors = view.Asked(), dict[str, str]()
    try:
        period = stays.read(stay, timezone=timezone)
        found = Found(search, what, anchor, origin, timezone, period)
        return _searched(session, found, asking)
    except RepeatedTime as error:
        asked = view.asked(error, timezone=timezone, locale=asking.locale)
    except Invalid as error:
        errors = view.time_errors(error)
    said = view.Said(
        summary=view.summary(search, None, timezone=timezone, locale=asking.locale, now=asking.now),
        narrowing=view.narrowing(search, [], locale=asking.locale),
        asked=asked,
        errors=errors,
    )
    return Seen(view.WRONG, search, said, what)


def _where(session: Session, search: Search) -> View | None:
    if search.view is not None:
        return search.view
    if search.at is not None:
        return View(search.at, PLACE_ZOOM)
    busiest = cells.busiest(session)
    return None if busiest is None else View(busiest, TOWN_ZOOM)


def _searched(session: Session, found: Found, asking: Asking) -> Seen:
    locale, now, visible = asking.locale, asking.now, asking.visible
    covered = listing.on_map(session, found, what=found.what, locale=locale, now=now)
    found, listed = _list(session, found, covered, asking)
    drawn = covered
    if visible is not None:
        drawn = listing.on_map(session, found, what=visible, locale=locale, now=now)
    said = _said(found, covered, listed, asking)
    if not listed.deeds:
        said = replace(said, nothing=_nothing(session, found))
    return Seen(
        view.FOUND if listed.deeds else view.NOTHING,
        found.search,
        said,
        found.what,
        found,
        drawn,
        listed,
        listing.topics(found, visible or found.what),
    )


def _list(session: Session, found: Found, covered: OnMap, asking: Asking) -> tuple[Found, Listed]:
    locale, now, count = asking.locale, asking.now, asking.count
    listed = listing.page(session, found, count=count, after=None, locale=locale, now=now)
    if covered.total and not listed.deeds:
        # The map shows more than a search reaches from its middle: start where something is.
        found = replace(found, anchor=None, origin=covered.nearest(found.origin))
        listed = listing.page(session, found, count=count, after=None, locale=locale, now=now)
    if asking.extra is not None and str(asking.extra[0]) not in listed.pins:
        space_id, point = asking.extra
        listed = listed.behind(
            listing.one(session, found, space_id=space_id, point=point, locale=locale, now=now)
        )
    return found, listed


def _said(found: Found, covered: OnMap, listed: Listed, asking: Asking) -> view.Said:
    search, period, timezone = found.search, found.period, found.timezone
    locale, now = asking.locale, asking.now
    wide = reach(found.origin, found.what.box) >= RADIUS_MOST_M
    return view.Said(
        summary=view.summary(search, period, timezone=timezone, locale=locale, now=now),
        heading=view.heading(
            covered.total,
            approximate=covered.approximate,
            where=search.where if found.anchor is not None else "",
            period=period,
            timezone=timezone,
            locale=locale,
            now=now,
        ),
        narrowing=view.narrowing(search, covered.prices + listed.prices, locale=locale),
        note=view.ending(approximate=covered.approximate, locale=locale) if wide else "",
    )


def _nothing(session: Session, found: Found) -> view.Nothing:
    listed = _anything_listed(session, found.what.box)
    elsewhere = ""
    if not listed:
        busiest = cells.busiest(session)
        if busiest is not None:
            there = replace(found.search, where="", at=None, view=View(busiest, TOWN_ZOOM))
            elsewhere = address.url(address.widened(there))
    return view.nothing(
        narrowed=bool(found.search.narrowed),
        listed=listed,
        length=words.length(found.period),
        elsewhere=elsewhere,
    )


def _anything_listed(session: Session, box: Box) -> bool:
    """Say whether any space is listed in a box, give or take a tile of 600 m."""
    west, north = tile(Point(lat=box.north, lng=box.west), zoom=cells.SHIFT)
    east, south = tile(Point(lat=box.south, lng=box.east), zoom=cells.SHIFT)
    world = 1 << cells.SHIFT
    columns = [(west, east)] if box.west <= box.east else [(west, world - 1), (0, east)]
    return any(
        cells.cells_in(session, tiles=Tiles(left, right, north, south), zoom=_coarse(left, right))
        for left, right in columns
    )


def _coarse(left: int, right: int) -> int:
    """Return a stored zoom whose tiles are narrower than the box, but not by much."""
    across = max(1, right - left)
    fitting = [zoom for zoom in cells.ZOOMS if (1 << (cells.SHIFT - zoom)) <= across]
    return fitting[0] if fitting else cells.ZOOMS[-1]
