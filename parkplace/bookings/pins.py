"""Pins: what a map shows of the spaces that are open and free for the whole period.

Far out, spaces are grouped by a grid of 64 screen pixels, in the database; a group of one is a pin.
From `PIN_ZOOM` on every space is a pin of its own. Where a map would show more than
`EXACT_MOST` listed spaces, groups come from `spaces.cells`, which counts what is listed, free or
not, and the answer says that it is approximate.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, cast

import orjson
from sqlmodel import Session

from parkplace.bookings import pins_sql
from parkplace.bookings.pricing import RateCard, price
from parkplace.bookings.quoting import require_bookable
from parkplace.bookings.search import card_parameters, priced
from parkplace.core.db import sql
from parkplace.core.errors import Invalid
from parkplace.core.geo import Box
from parkplace.core.money import Money
from parkplace.core.prepared import prepared
from parkplace.core.times import Period
from parkplace.spaces import cells
from parkplace.spaces.cells import Tiles
from parkplace.spaces.queries import EVERYTHING, Filters, conditions

EXACT_MOST = 20_000
PIN_ZOOM = 17
ZOOM_MOST = 22
PINS_MOST = 500
# Groups are tiles two zooms finer than the map's, 256 / 2² = 64 pixels wide.
FINER = 2
# A box this many groups wide or high is no screen; its groups are made larger.
GROUPS_ACROSS = 64
WORLD = 1 << cells.SHIFT


class BadZoom(Invalid):
    """Raised for a zoom that no map has."""

    code = "bad_zoom"


class Pin(NamedTuple):
    """A free space on the map.

    Attributes:
        id: Its id, as text.
        total: What the whole stay costs.
        hour: What an hour costs, which is its price group.
    """

    id: str
    title: str
    lat: float
    lng: float
    total: Money
    hour: Money


@dataclass(frozen=True, slots=True)
class Cluster:
    """Free spaces too close together to be shown one by one.

    Attributes:
        id: A name that stays the same while the same tile is grouped.
        lat, lng: The middle of them.
        count: How many.
        west, south, east, north: The box to zoom to.
    """

    id: str
    lat: float
    lng: float
    count: int
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Pins:
    """What a map shows.

    Attributes:
        total: How many spaces that is.
        approximate: Whether everything listed was counted, free or not, filtered or not, because
            the map shows too much of the world.
    """

    pins: tuple[Pin, ...]
    clusters: tuple[Cluster, ...]
    total: int
    approximate: bool


class _TooMany(Exception):  # noqa: N818 - never leaves this module
    """Raised when more is listed in a box than is looked at one by one."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, in the words of the statements."""

    stretches: list[Tiles]
    finer: int
    period: Period
    where: str
    given: dict[str, Any]

    def parameters(self, tiles: Tiles, **more: object) -> dict[str, Any]:
        """Return the parameters of a statement about one stretch of the map."""
        counted = min(self.finer, cells.ZOOMS[-1])
        level = next(stored for stored in cells.ZOOMS if stored >= counted)
        return {
            **self.given,
            "west": tiles.west,
            "east": tiles.east,
            "north": tiles.north,
            "south": tiles.south,
            "level": level,
            "coarser": level - counted,
            "finer": str(self.finer),
            "shift": cells.SHIFT - self.finer,
            **more,
        }


def pins(
    session: Session,
    *,
    box: Box,
    zoom: int,
    period: Period,
    now: datetime,
    filters: Filters = EVERYTHING,
    most: int = 300,
    exact_most: int = EXACT_MOST,
) -> Pins:
    """Return the spaces in a box that are open and free for the whole period, grouped for a map.

    Args:
        session: The open transaction.
        box: What the map shows; it may cross the antimeridian.
        zoom: The map's zoom, 0 (the world) to 22.
        period: When.
        now: The current instant; holds that are overdue by then no longer count.
        filters: What else must hold.
        most: How many single pins at most from `PIN_ZOOM` on, 500 or fewer; more are grouped.
        exact_most: Above how many listed spaces the answer is approximate.

    Raises:
        BadZoom: No map has this zoom.
        PeriodPast, PeriodTooFar, PeriodTooLong: Nobody could book that period.
    """
    require_bookable(period, now=now)
    if not 0 <= zoom <= ZOOM_MOST:
        raise BadZoom("The zoom lies between 0 and 22.", field="zoom")
    where, given = conditions(filters)
    given |= {"starts": period.starts_at, "ends": period.ends_at, "now": now}
    given["exact_most"] = exact_most
    stretches = cells.tiles_of(box)
    finer = min(_finest(stretches), zoom + FINER)
    wanted = _Wanted(stretches, finer, period, where + priced(filters), given)
    try:
        if filters.least is not None or filters.most is not None:
            wanted.given.update(_affordable(session, wanted, filters))
        if zoom >= PIN_ZOOM:
            most = max(1, min(most, PINS_MOST))
            singles = _exact(session, wanted, pins_sql.SINGLES, most=most + 1)
            if singles.total <= most:
                return singles
        return _exact(session, wanted, pins_sql.GROUPS)
    except _TooMany:
        return _counted(session, wanted)


def _finest(stretches: list[Tiles]) -> int:
    """Return the finest zoom whose tiles divide a box into a bearable number of groups."""
    across = sum(tiles.east - tiles.west + 1 for tiles in stretches)
    down = stretches[0].south - stretches[0].north + 1
    return math.floor(math.log2(GROUPS_ACROSS * WORLD / max(across, down)))


def _affordable(session: Session, wanted: _Wanted, filters: Filters) -> dict[str, list[Any]]:
    cards: set[RateCard] = set()
    for tiles in wanted.stretches:
        found = sql(session, pins_sql.CARDS, **wanted.parameters(tiles))
        cards.update(RateCard(*row) for row in found)
    return card_parameters(sorted(cards, key=repr), filters, wanted.period)


def _exact(session: Session, wanted: _Wanted, statement: str, **more: int) -> Pins:
    answer = _Answer(wanted)
    for tiles in wanted.stretches:
        listed = answer.ask(session, statement, tiles, **more)
        if listed > wanted.given["exact_most"]:
            raise _TooMany
    return answer.pins(approximate=False)


def _counted(session: Session, wanted: _Wanted) -> Pins:
    answer = _Answer(replace(wanted, finer=min(wanted.finer, cells.ZOOMS[-1])))
    for tiles in wanted.stretches:
        answer.ask(session, pins_sql.COUNTED, tiles)
    return answer.pins(approximate=True)


@dataclass(slots=True)
class _Answer:
    """What the stretches of a map have answered so far."""

    wanted: _Wanted
    singles: list[Pin] = field(default_factory=list[Pin])
    clusters: list[Cluster] = field(default_factory=list[Cluster])
    prices: dict[tuple[Any, ...], tuple[Money, Money]] = field(
        default_factory=dict[tuple[Any, ...], tuple[Money, Money]]
    )

    def ask(self, session: Session, statement: str, tiles: Tiles, **more: int) -> int:
        """Add what a statement says about a stretch; return how many spaces are listed there."""
        wanted = self.wanted
        row = prepared(
            session, statement.format(where=wanted.where), **wanted.parameters(tiles, **more)
        ).one()
        listed, alone, grouped = cast("tuple[int, str | None, str | None]", row)
        self.singles += [self._pin(*row) for row in _rows(alone)]
        self.clusters += [Cluster(*group) for group in _rows(grouped)]
        return listed

    def pins(self, *, approximate: bool) -> Pins:
        """Return all of it."""
        total = len(self.singles) + sum(cluster.count for cluster in self.clusters)
        return Pins(tuple(self.singles), tuple(self.clusters), total, approximate)

    def _pin(self, name: str, title: str, lat: float, lng: float, *rate: Any) -> Pin:
        # Neighbours charge alike: a map has hundreds of pins and a dozen rate cards.
        if rate not in self.prices:
            card = RateCard(*rate)
            hour = Money(card.hour_minor, card.currency)
            self.prices[rate] = price(card, self.wanted.period).total, hour
        return Pin(name, title, lat, lng, *self.prices[rate])


def _rows(text: str | None) -> Iterable[list[Any]]:
    return cast("list[list[Any]]", orjson.loads(text)) if text else ()
