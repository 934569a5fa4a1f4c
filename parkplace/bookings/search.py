"""Searching for spaces that are open and free for a whole period, with what the stay costs.

What is free is asked of `occupancies`, so search lies here and not in `spaces`.
"""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from parkplace.bookings import search_sql
from parkplace.bookings.circles import Circle
from parkplace.bookings.pricing import RateCard, price
from parkplace.bookings.quoting import require_bookable
from parkplace.core.db import sql
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.money import Money, require_currency
from parkplace.core.prepared import prepared
from parkplace.core.times import Period
from parkplace.spaces.models import SpaceKind, SpaceStatus
from parkplace.spaces.queries import EVERYTHING, Filters, conditions

RADIUS_MOST_M = 100_000.0
LIMIT_MOST = 100
CURSOR_MOST = 200


class RadiusTooWide(Invalid):
    """Raised for a radius that is no walk and no drive."""

    code = "radius_too_wide"


class BadCursor(Invalid):
    """Raised for a cursor that no page of this search gave."""

    code = "bad_cursor"


class Sort(StrEnum):
    """What comes first."""

    DISTANCE = "distance"
    PRICE = "price"


class FoundSpace(NamedTuple):
    """A space that is open and free for the whole period asked about.

    Attributes:
        free: How many of its bays are free for the whole period.
        distance_m: From the point, in metres, on the ellipsoid.
        total: What the whole stay costs.
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
    free: int
    instant: bool
    distance_m: float
    card: RateCard
    total: Money
    photo_key: str | None

    # Nothing else is found; lists of a host's own know more.
    status = SpaceStatus.PUBLISHED


@dataclass(frozen=True, slots=True)
class Found:
    """A page of spaces.

    Attributes:
        radius_m: How far was looked: as far as asked, or less where prices are compared and too
            much is listed for that.
        after: Asks for the next page; None on the last.
    """

    items: tuple[FoundSpace, ...]
    radius_m: float
    after: str | None


def near(
    session: Session,
    *,
    point: Point,
    radius_m: float,
    period: Period,
    now: datetime,
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.DISTANCE,
    limit: int = 20,
    after: str | None = None,
    candidates: int = search_sql.CANDIDATES,
) -> Found:
    """Return spaces that are open and free for the whole period, nearest or cheapest first.

    By price, currencies stay apart (amounts of two cannot be compared) and equal prices come
    nearest first. Of more than 20,000 spaces within the radius the nearest are looked at; see
    `Found.radius_m` for what that means where prices are compared.

    Args:
        session: The open transaction.
        point: Where from.
        radius_m: How far, in metres, up to 100 km.
        period: When.
        now: The current instant; holds that are overdue by then no longer count.
        filters: What else must hold.
        sort: What comes first.
        limit: How many at most, 100 or fewer.
        after: `Found.after` of the page before.
        candidates: How many spaces' prices are compared at most.

    Raises:
        RadiusTooWide, BadCursor: What was asked makes no sense.
        PeriodPast, PeriodTooFar, PeriodTooLong: Nobody could book that period.
    """
    require_bookable(period, now=now)
    require_radius(radius_m)
    limit = max(1, min(limit, LIMIT_MOST))
    position = position_of(sort, after)
    where, given = conditions(filters)
    circle = Circle(point, radius_m)
    if sort == Sort.PRICE or filters.least is not None or filters.most is not None:
        circle = _with_at_most(session, circle, candidates)
        found = sql(session, search_sql.all_cards(circle.stretches, where), **given, **circle.given)
        given |= card_parameters([RateCard(*row) for row in found], filters, period)
    make = search_sql.cheapest if sort == Sort.PRICE else search_sql.nearest
    rows = prepared(
        session,
        make(circle.stretches, where + priced(filters), after=bool(position)),
        **given,
        **circle.given,
        **position,
        starts=period.starts_at,
        ends=period.ends_at,
        now=now,
        limit=limit + 1,
    ).all()
    items = tuple(_found(row, period) for row in rows[:limit])
    after = _after(items[-1], sort) if len(rows) > limit else None
    return Found(items, circle.radius_m, after)


def require_radius(radius_m: float) -> None:
    """Refuse a radius that is no walk and no drive.

    Raises:
        RadiusTooWide: It is.
    """
    if not 0 <= radius_m <= RADIUS_MOST_M:
        raise RadiusTooWide("Search within 100 km at most.", field="radius")


def free_bays(session: Session, *, space_id: UUID, period: Period, now: datetime) -> int:
    """Return how many bays of a space are free for the whole period; 0 if there is no such space.

    Opening hours are not asked about.
    """
    found = sql(
        session,
        search_sql.FREE_BAYS,
        space_id=str(space_id),
        starts=period.starts_at,
        ends=period.ends_at,
        now=now,
    ).scalar()
    return max(0, found or 0)


def card_parameters(
    cards: Sequence[RateCard], filters: Filters, period: Period
) -> dict[str, list[Any]]:
    """Return the rate cards on which a stay costs what `filters` ask, with what it costs.

    So prices are computed in one place, in Python, once for each card, and the database only
    compares them.
    """
    totals = [(card, price(card, period).total) for card in cards]
    kept = [(card, total) for card, total in totals if _within(total, filters)]
    return {
        "hours": [card.hour_minor for card, _ in kept],
        "caps": [-1 if card.day_cap_minor is None else card.day_cap_minor for card, _ in kept],
        "currencies": [card.currency for card, _ in kept],
        "totals": [total.minor for _, total in kept],
    }


def priced(filters: Filters) -> str:
    """Return the SQL that keeps to `card_parameters`; empty when no filter is about the stay."""
    return "" if filters.least is None and filters.most is None else search_sql.PRICED


def _within(total: Money, filters: Filters) -> bool:
    least, most = filters.least, filters.most
    return (
        least is None or (least.currency == total.currency and least.minor <= total.minor)
    ) and (most is None or (most.currency == total.currency and total.minor <= most.minor))


def _with_at_most(session: Session, circle: Circle, candidates: int) -> Circle:
    """Return the circle, or a smaller one around which no more than `candidates` are listed."""
    while True:
        listed = sql(session, search_sql.listed(circle.stretches), **circle.given).scalar_one()
        if listed <= candidates or circle.radius_m < 1:
            return circle
        shrink = min(0.8, math.sqrt(candidates / int(listed)))
        circle = Circle(circle.point, circle.radius_m * shrink)


def _found(row: Row[Any], period: Period) -> FoundSpace:
    card = RateCard(row.hour_minor, row.day_cap_minor, row.currency)
    return FoundSpace(
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
        price(card, period).total,
        row.photo_key,
    )


def _after(last: FoundSpace, sort: Sort) -> str:
    total = last.total if sort == Sort.PRICE else None
    return cursor_of(last.id, distance_m=last.distance_m, total=total)


def cursor_of(last: UUID, *, distance_m: float, total: Money | None = None) -> str:
    """Return what asks for the page after a space; `total` where pages are ordered by price."""
    place: list[object] = [distance_m, str(last)]
    if total is not None:
        place = [total.currency, total.minor, *place]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def position_of(sort: Sort, after: str | None) -> dict[str, object]:
    """Return the parameters of a page after another; none for the first.

    Raises:
        BadCursor: No page of this order gave this cursor.
    """
    if after is None:
        return {}
    try:
        place = json.loads(base64.urlsafe_b64decode(after[:CURSOR_MOST]))
        if sort == Sort.PRICE:
            currency, total, distance, last = place
            price_part = {
                "after_currency": require_currency(currency),
                "after_total": _minor(total),
            }
        else:
            (distance, last), price_part = place, dict[str, object]()
        return {"after_distance": _metres(distance), "after_id": str(UUID(last)), **price_part}
    except (ValueError, TypeError, AttributeError, OverflowError, Invalid) as error:
        raise BadCursor("Send the cursor of the page before.", field="cursor") from error


def _minor(number: object) -> int:
    if not isinstance(number, int) or not 0 <= number < 1 << 63:
        raise ValueError("not an amount")
    return number


def _metres(number: object) -> float:
    value = float(number) if isinstance(number, int | float) else math.nan
    if not math.isfinite(value):
        raise ValueError("not a distance")
    return value
