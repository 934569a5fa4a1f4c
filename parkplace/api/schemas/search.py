"""The shapes of searching for spaces, and of what a map shows."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import orjson
from pydantic import BeforeValidator, Field

from parkplace.api.schemas.common import Degrees, MoneyOut, Out, PageIn, PeriodIn
from parkplace.api.schemas.spaces import RateCardOut, photo_urls
from parkplace.bookings.listing import Listed, ListedSpace
from parkplace.bookings.pins import Pins
from parkplace.bookings.search import Found, FoundSpace, Sort
from parkplace.core.errors import Invalid
from parkplace.core.geo import METRES, Box, Point
from parkplace.core.money import Money, require_currency
from parkplace.spaces.models import SpaceKind, SpaceStatus
from parkplace.spaces.queries import Filters


def listed(given: object) -> object:
    """Take `a,b` in a query string for two."""
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts):
        return given
    return [part for text in texts for part in str(text).split(",") if part]


Kinds = Annotated[list[SpaceKind], BeforeValidator(listed), Field(max_length=10)]
Tags = Annotated[list[str], BeforeValidator(listed), Field(max_length=20)]


def _whose(given: object) -> object:
    if given == "me":
        return given
    try:
        return UUID(str(given))
    except ValueError:
        raise ValueError("Give a host's id, or me.") from None


Host = Annotated[UUID | Literal["me"], BeforeValidator(_whose)]


class CurrencyNeeded(Invalid):
    """Raised for an amount without its currency."""

    code = "currency_needed"


class PointNeeded(Invalid):
    """Raised when half a point is given, or none where one is needed."""

    code = "point_needed"


class SortImpossible(Invalid):
    """Raised for an order that what is asked for cannot be put in."""

    code = "sort_impossible"


_Amount = Annotated[int, Field(ge=0, le=10**12)]
_Size = Annotated[int, Field(ge=1, le=10_000, description="Of the vehicle that is to fit.")]


class WantedIn(PeriodIn):
    """When, and what a space must be like."""

    q: str = Field("", max_length=200, description="Words of title or address.")
    kind: Kinds = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    min_total: _Amount | None = Field(
        None, description="The least the whole stay costs, in minor units."
    )
    max_total: _Amount | None = Field(
        None, description="The most the whole stay costs, in minor units."
    )
    max_hour: _Amount | None = Field(None, description="The most an hour costs, in minor units.")
    currency: str | None = Field(None, max_length=10, description="Of the amounts.")
    height_cm: _Size | None = None
    length_cm: _Size | None = None
    width_cm: _Size | None = None

    def filters(self, *, box: Box | None = None, host_id: UUID | None = None) -> Filters:
        """Return what the search takes.

        Raises:
            CurrencyNeeded, UnknownCurrency: An amount is in no currency.
        """
        return Filters(
            kinds=frozenset(self.kind),
            tags=frozenset(self.tags),
            words=self.q,
            host_id=host_id,
            hour_most=self._money("max_hour", self.max_hour),
            least=self._money("min_total", self.min_total),
            most=self._money("max_total", self.max_total),
            box=box,
            height_cm=self.height_cm,
            length_cm=self.length_cm,
            width_cm=self.width_cm,
        )

    def _money(self, name: str, amount: int | None) -> Money | None:
        if amount is None:
            return None
        if self.currency is None:
            raise CurrencyNeeded(f"Say what {name} is in, such as USD.", field="currency")
        return Money(amount, require_currency(self.currency))


class AroundIn(WantedIn, PageIn):
    """Spaces around a point."""

    radius: float = Field(1000, ge=0, allow_inf_nan=False)
    unit: Literal["m", "km", "mi"] = "m"

    @property
    def radius_m(self) -> float:
        """How far, in metres."""
        return self.radius * METRES[self.unit]


class NearbyIn(AroundIn):
    """Spaces around a point, now for an hour unless another time is given."""

    lat: Degrees
    lng: Degrees

    @property
    def point(self) -> Point:
        """Where from."""
        return Point(lat=self.lat, lng=self.lng)


class SearchIn(AroundIn):
    """Spaces around a point, in a box, or anywhere; for a stay, or at any time."""

    lat: Degrees | None = None
    lng: Degrees | None = None
    bbox: str | None = Field(None, max_length=100, description="west,south,east,north in degrees.")
    host: Host | None = Field(
        None, description="A host's id, or `me`; one's own drafts are listed too."
    )
    sort: Literal["distance", "price", "newest"] | None = Field(
        None,
        description="With a point `distance` (which is meant if nothing is said) or `price` of the "
        "stay; without one `newest`.",
    )

    @property
    def point(self) -> Point | None:
        """Where from, if from somewhere.

        Raises:
            PointNeeded: It is half given, or not at all while a radius is.
        """
        if self.lat is not None and self.lng is not None:
            return Point(lat=self.lat, lng=self.lng)
        if {"lat", "lng", "radius", "unit"}.isdisjoint(self.model_fields_set):
            return None
        missing = "lat" if self.lat is None else "lng"
        raise PointNeeded("Give lat and lng, or neither and no radius.", field=missing)

    @property
    def box(self) -> Box | None:
        """In which box, if in one."""
        return None if self.bbox is None else box_of(self.bbox)

    def order(self, point: Point | None) -> Sort | None:
        """Return what comes first; None is the newest.

        Raises:
            SortImpossible: That cannot be said of these.
        """
        if point is None:
            if self.sort in {"distance", "price"}:
                raise SortImpossible(f"Give lat and lng to sort by {self.sort}.", field="sort")
            return None
        if self.sort == "newest":
            raise SortImpossible(
                "Around a point the nearest or the cheapest come first. "
                "Give bbox instead for the newest.",
                field="sort",
            )
        return Sort.PRICE if self.sort == Sort.PRICE else Sort.DISTANCE


class PinsIn(WantedIn):
    """What a map shows."""

    bbox: str = Field(max_length=100, description="west,south,east,north in degrees.")
    zoom: int = Field(ge=0, le=22)

    @property
    def box(self) -> Box:
        """The box of the map."""
        return box_of(self.bbox)


class FoundOut(Out):
    """A space in a list.

    `free` bays and `total` are of the whole stay, and null without one; `distance_m` is null
    without a point.
    """

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
    free: int | None
    instant: bool
    distance_m: float | None
    rate_card: RateCardOut
    total: MoneyOut | None
    photo_urls: dict[int, str] | None
    status: SpaceStatus


class SearchOut(Out):
    """A page of spaces.

    `radius_m` says how far was looked: as far as asked, or less where prices are compared and too
    much is listed for that; null without a point. A page may hold fewer than `limit`, or none, and
    yet have a next one.
    """

    items: list[FoundOut]
    radius_m: float | None
    next_cursor: str | None


def found_json(found: Found) -> bytes:
    """Spell a page of spaces that a search found in the shape of `SearchOut`."""
    return _page(found.items, found.radius_m, found.after)


def listed_json(listed: Listed, *, radius_m: float | None) -> bytes:
    """Spell a page of listed spaces in the shape of `SearchOut`."""
    return _page(listed.items, radius_m, listed.after)


def _page(
    spaces: Sequence[FoundSpace | ListedSpace], radius_m: float | None, after: str | None
) -> bytes:
    # By hand, as `pins_json` does: to check what we have just made against its shape takes longer
    # than making it.
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
            "distance_m": None if item.distance_m is None else round(item.distance_m, 1),
            "rate_card": item.card,
            "total": None if item.total is None else _money(item.total),
            "photo_urls": None if item.photo_key is None else photo_urls(item.photo_key),
            "status": item.status,
        }
        for item in spaces
    ]
    page = {"items": items, "radius_m": radius_m, "next_cursor": after}
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


class TagOut(Out):
    """A tag, and how many published spaces have it."""

    tag: str = Field(examples=["covered"])
    spaces: int


class TagsOut(Out):
    """Tags; those that most have first."""

    items: list[TagOut]


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
