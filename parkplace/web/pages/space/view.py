"""What the space page says, made from what the queries know; nothing here asks anything."""

from dataclasses import dataclass, field
from datetime import date

from parkplace.bookings.offers import Offer
from parkplace.bookings.pricing import Line
from parkplace.core.errors import Invalid
from parkplace.core.times import Period, RepeatedTime
from parkplace.spaces.exceptions import describe_exceptions
from parkplace.spaces.hours import describe
from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.photos import WIDTHS
from parkplace.spaces.queries import Photo, SpaceView
from parkplace.web import pictures, ui, words
from parkplace.web.map.pins import MapPin

EXCEPTIONS_MOST = 10
# The fields of the time form, by what the domain calls them.
TIME_FIELDS = {"from": "from", "until": "until", "starts_at": "from", "ends_at": "until"}
_UNLISTED = {
    SpaceStatus.DRAFT: "This is a draft that only you see. Publish it, and drivers can book it.",
    SpaceStatus.PAUSED: "This space is paused. Only you see it until you publish it again.",
    SpaceStatus.WITHHELD: "This space is withheld: its host is suspended, and nobody can book it.",
    SpaceStatus.RETIRED: "This space is retired. Only you see it, and it cannot be booked.",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo in several widths; `sources` is what `srcset` takes."""

    source: str
    sources: str
    width: int
    height: int
    caption: str


@dataclass(frozen=True, slots=True)
class Card:
    """A space, in words."""

    id: str = ""
    name: str = ""
    band: str = ""
    neighbourhood: str = ""
    address: str = ""
    facts: str = ""
    rate: str = ""
    clock: str = ""
    host: str = ""
    approval: str = ""
    notice: str = ""
    hours: list[str] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a stay there would be.

    Attributes:
        state: `free`, `taken`, `closed`, `wrong` (the time makes no sense) or `unlisted`.
        sentence: What that means for the person.
        pin: The total as short as a pin has it.
        bays: How many are free, such as `2 of 3 bays free`.
        book: What the yellow button says.
    """

    state: str = "wrong"
    sentence: str = ""
    when: str = ""
    lasts: str = ""
    total: str = ""
    pin: str = ""
    bays: str = ""
    book: str = ""
    lines: list[ui.PriceLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """A time that happens twice, asked back; `field` is `from` or `until`, empty when none is."""

    field: str = ""
    sentence: str = ""
    first: str = ""
    second: str = ""


def card(space: SpaceView, *, locale: str, today: date | None = None) -> Card:
    """Return a space in words for the reader, with the next dates that have other hours."""
    exceptions = describe_exceptions(space.exceptions, locale=locale, since=today)
    return Card(
        id=str(space.id),
        name=space.title,
        band=words.price_band(space.hour),
        neighbourhood=space.neighbourhood,
        address=space.address,
        facts=words.facts(space.kind, space.tags),
        rate=_rate(space, locale),
        clock=words.whose_clock(space.timezone, locale=locale),
        host=f"Listed by {space.host_name}",
        approval="" if space.instant else f"{space.host_name} answers each request to book.",
        notice=_UNLISTED.get(space.status, ""),
        hours=[*describe(space.hours, locale=locale).split("; "), *exceptions[:EXCEPTIONS_MOST]],
        description=[part for part in space.description.split("\n") if part.strip()],
        pictures=[_picture(photo, space) for photo in space.photos],
    )


def terms(offer: Offer, period: Period, *, space: SpaceView, locale: str) -> Terms:
    """Return in words what a space offers for a period."""
    state, sentence = _state(offer)
    if state == "wrong":
        return Terms(state=state, sentence=sentence)  # a price would promise what cannot be had
    total = offer.price.total
    return Terms(
        state=state,
        sentence=sentence,
        when=words.span(period, timezone=space.timezone, locale=locale),
        lasts=words.length(period),
        total=total.text(locale),
        pin=total.short(locale),
        bays=_bays(offer.free, space.capacity),
        book=f"Book for {total.text(locale)}" if total else "Book, it is free",
        lines=price_lines(offer.price.lines, locale=locale),
    )


def unlisted(period: Period, *, space: SpaceView, locale: str) -> Terms:
    """Return the terms of a space that nobody can book."""
    return Terms(
        state="unlisted",
        sentence=_UNLISTED.get(space.status, ""),
        when=words.span(period, timezone=space.timezone, locale=locale),
        lasts=words.length(period),
    )


def price_lines(lines: tuple[Line, ...], *, locale: str) -> list[ui.PriceLine]:
    """Return the lines of a price in words for the reader."""
    return [ui.PriceLine(line.text, line.amount.text(locale)) for line in lines]


def asked(error: RepeatedTime, *, timezone: str, locale: str) -> Asked:
    """Return the question which of two passes of the clock is meant."""
    first, second = words.passes(error, timezone=timezone, locale=locale)
    return Asked(error.field or "", error.message, first, second)


def time_errors(error: Invalid) -> dict[str, str]:
    """Return what is wrong with the time, under the field of the form that it concerns."""
    return {TIME_FIELDS.get(error.field or "", "until"): error.message}


def pin(space: SpaceView, terms: Terms) -> MapPin:
    """Return the space's pin for the map."""
    name = f"{space.title}, {terms.total}" if terms.total else space.title
    return MapPin(
        id=str(space.id),
        lat=space.point.lat,
        lng=space.point.lng,
        label=terms.pin or "P",
        name=name,
        band=words.price_band(space.hour),
    )


def _state(offer: Offer) -> tuple[str, str]:
    if isinstance(offer.refusal, Invalid):
        return "wrong", offer.refusal.message
    if offer.refusal is not None:
        return "closed", offer.refusal.message
    if offer.free == 0:
        return "taken", "Every bay is taken for some of that time."
    return "free", ""


def _picture(photo: Photo, space: SpaceView) -> Picture:
    paths = {width: pictures.address(photo.key, width=width) for width in WIDTHS}
    return Picture(
        source=paths[pictures.MIDDLE],
        sources=", ".join(f"{path} {width}w" for width, path in paths.items()),
        width=photo.width,
        height=photo.height,
        caption=photo.caption or f"Photo of {space.title}",
    )


def _bays(free: int, capacity: int) -> str:
    if capacity == 1:
        return "Free for all of it" if free else "Taken for some of it"
    return f"{free} of {capacity} bays free"


def _rate(space: SpaceView, locale: str) -> str:
    if not space.hour:
        return "Free of charge"
    rate = f"{space.hour.text(locale)} an hour"
    cap = space.day_cap
    return rate if cap is None else f"{rate}, at most {cap.text(locale)} a day"
