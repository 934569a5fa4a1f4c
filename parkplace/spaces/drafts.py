"""What a host says about a space, checked, and as the columns that keep it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from parkplace.core.errors import Invalid
from parkplace.core.geo import Point, neighbourhood_at, zone_at
from parkplace.core.money import require_currency
from parkplace.core.texts import clean_text
from parkplace.spaces.exceptions import Exceptions
from parkplace.spaces.hours import Hours
from parkplace.spaces.models import Schedule, Space, SpaceKind
from parkplace.spaces.schedules import intern_schedule, opening_of

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
LIMITS = ("max_height_cm", "max_length_cm", "max_width_cm")
LIMIT_MOST_CM = 10_000


class UnknownKind(Invalid):
    """Raised for a kind of space there is not."""

    code = "unknown_kind"


class UnknownTag(Invalid):
    """Raised for a tag there is not."""

    code = "unknown_tag"


class BadCapacity(Invalid):
    """Raised for a number of bays that no space has."""

    code = "bad_capacity"


class BadLimit(Invalid):
    """Raised for a largest vehicle that is no vehicle."""

    code = "bad_limit"


class BadPrice(Invalid):
    """Raised for a price that is negative, beyond reason, or a day cap below an hour's price."""

    code = "bad_price"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a host says about a space; time zone and neighbourhood follow from the point.

    Attributes:
        kind: A word of `SpaceKind`.
        hour_minor: The price of an hour, in minor units of `currency`; 0 is free.
        day_cap_minor: The most that 24 hours cost, or None.
        hours: Opening hours in wall time at the point; None is always open.
        exceptions: Dates that have hours of their own.
        max_height_cm, max_length_cm, max_width_cm: The largest vehicle that fits; None is any.
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
    exceptions: Exceptions = ()
    tags: frozenset[str] = frozenset()
    instructions: str = ""
    instant: bool = True
    max_height_cm: int | None = None
    max_length_cm: int | None = None
    max_width_cm: int | None = None


def draft_of(session: Session, *, space: Space) -> Draft:
    """Return what a space says now, to change some of it with `dataclasses.replace`."""
    said = select(Schedule.weekly, Schedule.exceptions)
    schedule = session.exec(said.where(col(Schedule.id) == space.schedule_id)).first()
    opening = opening_of(*(schedule or (None, None)), timezone=space.timezone)
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
        hours=opening.hours,
        exceptions=opening.exceptions,
        tags=frozenset(space.tags),
        instructions=space.instructions,
        instant=space.instant,
        max_height_cm=space.max_height_cm,
        max_length_cm=space.max_length_cm,
        max_width_cm=space.max_width_cm,
    )


def columns_of(session: Session, draft: Draft, *, kept: list[str], now: datetime) -> dict[str, Any]:
    """Return the columns a draft fills, all of them or an error, so no row is ever half changed.

    Args:
        session: The open transaction.
        draft: What is said.
        kept: Tags that may stay though nobody could choose them.
        now: The current instant.

    Raises:
        TextNeeded, TextTooLong, BadText, UnknownKind, UnknownTag, BadCapacity, BadPrice, BadLimit,
        UnknownCurrency: A field is wrong; the error names it.
    """
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
        "schedule_id": intern_schedule(
            session,
            hours=draft.hours,
            timezone=timezone,
            exceptions=draft.exceptions,
            now=now,
        ),
        **_limits(draft),
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


def _limits(draft: Draft) -> dict[str, int | None]:
    limits = {name: getattr(draft, name) for name in LIMITS}
    for name, limit in limits.items():
        if limit is not None and not 1 <= limit <= LIMIT_MOST_CM:
            raise BadLimit(
                f"A vehicle measures 1 to {LIMIT_MOST_CM:,} cm. Leave it out for no limit.",
                field=name,
            )
    return limits


def _capacity(capacity: int) -> int:
    if not 1 <= capacity <= CAPACITY_MOST:
        raise BadCapacity(f"A space has 1 to {CAPACITY_MOST:,} bays.", field="capacity")
    return capacity
