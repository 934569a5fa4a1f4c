"""The shapes of searching for spaces, and of what a map shows."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from pydantic import BeforeValidator, Field

from parkplace.api.schemas.common import Degrees, MoneyOut, Out, PageIn, PeriodIn
from parkplace.api.schemas.spaces import RateCardOut, photo_urls
from parkplace.bookings.pins import Pins
from parkplace.bookings.search import Found, Sort
from parkplace.core.errors import Invalid
from parkplace.core.geo import METRES, Box, Point
from parkplace.core.money import Money, require_currency
from parkplace.spaces.models import SpaceKind
from parkplace.spaces.queries import Filters


def _listed(given: object) -> object:
    """Take `a,b` in a query string for two."""
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts):
        return given
    return [part for text in texts for part in str(text).split(",") if part]


Kinds = Annotated[list[SpaceKind], BeforeValidator(_listed), Field(max_length=10)]
Tags = Annotated[list[str], BeforeValidator(_listed), Field(max_length=20)]


class CurrencyNeeded(Invalid):
    """Raised for an amount without its currency."""

    code = "currency_needed"


class WantedIn(PeriodIn):
    """When, and what a space must be like."""

    q: str = Field("", max_length=200, description="Words of title or address.")
    kind: Kinds = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    max_total: int | None = Field(
        None, ge=0, le=10**12, description="The most the whole stay costs, in minor units."
    )
    currency: str | None = Field(None, max_length=10, description="Of `max_total`.")

    def filters(self) -> Filters:
        """Return what the search takes.

        Raises:
            CurrencyNeeded, UnknownCurrency: `max_total` is in no currency.
        """
        most = None
        if self.max_total is not None:
            if self.currency is None:
                raise CurrencyNeeded("Say what max_total is in, such as USD.", field="currency")
            most = Money(self.max_total, require_currency(self.currency))
        return Filters(
            kinds=frozenset(self.kind), tags=frozenset(self.tags), words=self.q, most=most
        )


class SearchIn(WantedIn, PageIn):
    """Spaces near a point that are free for a whole stay."""

    lat: Degrees
    lng: Degrees
    radius: float = Field(1000, ge=0, allow_inf_nan=False)
    unit: Literal["m", "km", "mi"] = "m"
    sort: Sort = Sort.DISTANCE

    @property
    def point(self) -> Point:
        """Where from."""
        return Point(lat=self.lat, lng=self.lng)

    @property
    def radius_m(self) -> float:
        """How far, in metres."""
        return self.radius * METRES[self.unit]


class PinsIn(WantedIn):
    """What a map shows."""

    bbox: str = Field(max_length=100, description="west,south,east,north in degrees.")
    zoom: int = Field(ge=0, le=22)

    @property
    def box(self) -> Box:
        """The box of the map."""
        return box_of(self.bbox)


class FoundOut(Out):
    """A space that is open and free for the whole stay."""

    id: UUID
    title: str
    address: str
    neighbourhood: str
    lat: float
    lng: float
    timezone: str
    kind: SpaceKind
    tags: list[str]
    capacity: int
    free: int
    instant: bool
    distance_m: float
    rate_card: RateCardOut
    total: MoneyOut
    photo_urls: dict[int, str] | None


class SearchOut(Out):
    """A page of spaces, nearest or cheapest first.

    `radius_m` says how far was looked: as far as asked, or less where prices are compared and too
    much is listed for that.
    """

    items: list[FoundOut]
    radius_m: float
    next_cursor: str | None


def found_json(found: Found) -> bytes:
    """Spell a page of spaces in the shape of `SearchOut`.

    By hand, as `pins_json` does: to check what we have just made against its shape takes longer
    than making it.
    """
    items = [
        {
            "id": item.id,
            "title": item.title,
            "address": item.address,
            "neighbourhood": item.neighbourhood,
            "lat": item.point.lat,
            "lng": item.point.lng,
            "timezone": item.timezone,
            "kind": item.kind,
            "tags": item.tags,
            "capacity": item.capacity,
            "free": item.free,
            "instant": item.instant,
            "distance_m": round(item.distance_m, 1),
            "rate_card": item.card,
            "total": _money(item.total),
            "photo_urls": None if item.photo_key is None else photo_urls(item.photo_key),
        }
        for item in found.items
    ]
    page = {"items": items, "radius_m": found.radius_m, "next_cursor": found.after}
    return orjson.dumps(page, option=orjson.OPT_NON_STR_KEYS)


class PinOut(Out):
    """A free space on the map, and what the whole stay costs."""

    id: str
    title: str
    lat: float
    lng: float
    total: MoneyOut


class ClusterOut(Out):
    """Free spaces too close together to be shown one by one; `bbox` is what to zoom to."""

    id: str
    lat: float
    lng: float
    count: int
    bbox: tuple[float, float, float, float]


class PinsOut(Out):
    """What a map shows; `approximate` when everything listed was counted, free or not."""

    pins: list[PinOut]
    clusters: list[ClusterOut]
    total: int
    approximate: bool


def pins_json(shown: Pins) -> bytes:
    """Spell what a map shows in the shape of `PinsOut`."""
    pins = [
        {
            "id": pin.id,
            "title": pin.title,
            "lat": pin.lat,
            "lng": pin.lng,
            "total": _money(pin.total),
        }
        for pin in shown.pins
    ]
    clusters = [
        {
            "id": cluster.id,
            "lat": cluster.lat,
            "lng": cluster.lng,
            "count": cluster.count,
            "bbox": (cluster.west, cluster.south, cluster.east, cluster.north),
        }
        for cluster in shown.clusters
    ]
    rest = {"total": shown.total, "approximate": shown.approximate}
    return orjson.dumps({"pins": pins, "clusters": clusters, **rest})


def _money(amount: Money) -> dict[str, int | str]:
    return {"amount_minor": amount.minor, "currency": amount.currency}


class BadBox(Invalid):
    """Raised for a box that is not four numbers."""

    code = "bad_box"


def box_of(text: str) -> Box:
    """Return the box that `west,south,east,north` spells.

    Raises:
        BadBox, OutsideEarth: It spells none.
    """
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        sentence = "Give the box as west,south,east,north in degrees."
        raise BadBox(sentence, field="bbox") from None
    return Box(west=west, south=south, east=east, north=north)
