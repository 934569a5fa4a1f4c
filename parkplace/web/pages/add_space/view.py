"""The add-space form as a draft, and as the deed that drivers will see; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from parkplace.bookings.pricing import RateCard, price
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point, country_at, neighbourhood_at, zone_at
from parkplace.core.money import Money, require_currency
from parkplace.core.texts import clean_text, one_line
from parkplace.core.times import Period
from parkplace.spaces.drafts import TAGS, TITLE_LEAST, TITLE_MOST, Draft
from parkplace.spaces.hours import describe
from parkplace.spaces.models import SpaceKind
from parkplace.web import words
from parkplace.web.pages.add_space import amounts, week

T = TypeVar("T")

DRAFT = "draft"
# The fields in the order in which they stand, by what the domain calls them and by name.
_NAMES = {"hour_minor": "hour", "day_cap_minor": "day_cap", "lat": "spot", "lng": "spot"}
ORDER = (
    "spot", "address", "title", "kind", "capacity", "tags", "hour", "day_cap", "currency", "weekly",
    *(f"weekly-{day}" for day in range(7)), "instructions", "description", "photo",
)  # fmt: skip
_SAMPLE_HOURS = 3
_SAMPLE_START = datetime(2026, 1, 1, 18, tzinfo=UTC)
_SAMPLE = Period(_SAMPLE_START, _SAMPLE_START + timedelta(hours=_SAMPLE_HOURS))


class Missing(Invalid):
    """Raised for an answer that is not there, or is none of those offered."""

    code = "missing"


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says: a draft, or by field what is wrong with it."""

    draft: Draft | None
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """The deed that drivers will see, as far as it is known."""

    name: str = "Your space"
    neighbourhood: str = ""
    band: str = ""
    facts: str = ""
    price: str = ""
    note: str = ""
    hours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What follows from where a space is."""

    words: str
    currency: str


@dataclass(slots=True)
class _Errors:
    """Collects what is wrong, field by field."""

    found: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, check: Callable[[], T]) -> T | None:
        try:
            return check()
        except Invalid as error:
            self.found[field_of(error)] = error.message
            return None


def field_of(error: Invalid) -> str:
    """Return the field of the form that an error is about; empty when it is about none."""
    return _NAMES.get(error.field or "", error.field or "")


def texts(form: Mapping[str, object]) -> dict[str, str]:
    """Return a form's values as texts, whatever a browser sent."""
    return {str(name): str(value) for name, value in form.items() if value is not None}


def read(form: Mapping[str, str]) -> Read:
    """Return the draft a form says, or everything that is wrong with it."""
    errors = _Errors()
    spot = errors.take(lambda: point_of(form))
    title = errors.take(lambda: _title(form))
    kind = errors.take(lambda: _kind(form))
    capacity = errors.take(lambda: _capacity(form))
    card = _card(form, errors)
    hours, wrong = week.read(form)
    found = errors.found | wrong
    if spot is None or title is None or kind is None or capacity is None or card is None or found:
        return Read(None, found)
    draft = Draft(
        title=title,
        point=spot,
        kind=kind,
        capacity=capacity,
        hour_minor=card.hour_minor,
        currency=card.currency,
        day_cap_minor=card.day_cap_minor,
        description=form.get("description", ""),
        address=form.get("address", ""),
        hours=hours,
        tags=_tags(form),
        instructions=form.get("instructions", ""),
        instant=form.get("instant") != "ask",
    )
    return Read(draft, {})


def point_of(form: Mapping[str, str]) -> Point:
    """Return where the pin stands.

    Raises:
        Missing: It was not put down.
        OutsideEarth: There is no such place.
    """
    try:
        lat, lng = float(form.get("lat", "")), float(form.get("lng", ""))
    except ValueError:
        raise Missing(
            "Put the pin where the space is: find the address, or press the map.", field="spot"
        ) from None
    return Point(lat=lat, lng=lng)


def surroundings(point: Point, *, locale: str) -> Surroundings:
    """Return what follows from where a space is; the first call reads a large table."""
    clock = words.whose_clock(zone_at(point), locale=locale)
    known = [neighbourhood_at(point), clock]
    return Surroundings(
        words=" · ".join(filter(None, known)), currency=amounts.currency_of(country_at(point))
    )


def preview(form: Mapping[str, str], *, locale: str) -> Preview:
    """Return the deed of what was typed so far, with the price of three hours."""
    errors = _Errors()
    spot = errors.take(lambda: point_of(form))
    kind = errors.take(lambda: _kind(form))
    card = _card(form, errors)
    hours, wrong = week.read(form)
    return Preview(
        name=one_line(form.get("title", ""))[:TITLE_MOST] or Preview().name,
        neighbourhood=neighbourhood_at(spot) if spot else "",
        band=words.price_band(Money(card.hour_minor, card.currency)) if card else "",
        facts=words.facts(SpaceKind(kind), sorted(_tags(form), key=TAGS.index)) if kind else "",
        price=price(card, _SAMPLE).total.text(locale) if card else "",
        note=f"{_SAMPLE_HOURS} h, all in" if card else "",
        hours=() if wrong else tuple(describe(hours, locale=locale).split("; ")),
    )


def _card(form: Mapping[str, str], errors: _Errors) -> RateCard | None:
    currency = errors.take(lambda: require_currency(form.get("currency", "")))
    counted_as = currency or amounts.USUAL
    hour = errors.take(lambda: _hour(form, counted_as))
    cap = errors.take(lambda: _day_cap(form, counted_as))
    return None if currency is None or hour is None else RateCard(hour, cap, currency)


def _title(form: Mapping[str, str]) -> str:
    return clean_text(form.get("title", ""), field="title", least=TITLE_LEAST, most=TITLE_MOST)


def _kind(form: Mapping[str, str]) -> str:
    if form.get("kind") not in set(SpaceKind):
        raise Missing("Choose what sort of place it is.", field="kind")
    return form["kind"]


def _capacity(form: Mapping[str, str]) -> int:
    typed = form.get("capacity", "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):  # noqa: PLR2004
        raise Missing("Give the number of bays, such as 1.", field="capacity")
    return int(typed)


def _hour(form: Mapping[str, str], currency: str) -> int:
    typed = form.get("hour", "")
    if not typed.strip():
        raise Missing("Give the price of an hour; 0 is free.", field="hour")
    return amounts.minor(typed, currency=currency, field="hour")


def _day_cap(form: Mapping[str, str], currency: str) -> int | None:
    typed = form.get("day_cap", "")
    return amounts.minor(typed, currency=currency, field="day_cap") if typed.strip() else None


def _tags(form: Mapping[str, str]) -> frozenset[str]:
    return frozenset(tag for tag in TAGS if form.get(f"tag-{tag}"))
