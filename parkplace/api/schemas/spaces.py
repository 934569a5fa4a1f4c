"""The shapes of spaces."""

from dataclasses import replace
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from parkplace.api.schemas.common import (
    Degrees,
    In,
    LineOut,
    Minor,
    MoneyOut,
    Out,
    Yes,
)
from parkplace.bookings.offers import Offer
from parkplace.core.geo import Point
from parkplace.core.links import photo_path
from parkplace.spaces.drafts import LIMITS, Draft
from parkplace.spaces.exceptions import Exceptions, exceptions_of
from parkplace.spaces.hours import Hours, parse_weekly, weekly_of
from parkplace.spaces.models import SpaceKind, SpaceStatus
from parkplace.spaces.photos import WIDTHS, file_name
from parkplace.spaces.queries import Photo, SpaceView

_MOST = 5000  # the service says the exact bounds in words
_MOST_ENTRIES = 200
_Degrees = Annotated[Degrees, Field(strict=True)]
_Cm = Annotated[
    int | None,
    Field(
        strict=True,
        ge=-(10**9),
        le=10**9,
        description="The largest vehicle that fits, in centimetres; `null` is no limit.",
        examples=[210],
    ),
]
_Bays = Annotated[int, Field(strict=True, ge=-(10**9), le=10**9)]


class RateCardIn(In):
    """What a space charges, in minor units: an hour, and at most this per 24 hours."""

    hour_minor: Annotated[int, Field(strict=True, ge=-(10**12), le=10**12, examples=[400])]
    day_cap_minor: Minor | None = None
    currency: str = Field(max_length=10, examples=["USD"])


class OpeningIn(In):
    """One stretch of opening hours, in wall time at the space; 0 is Monday."""

    day: Annotated[int, Field(strict=True, ge=-100, le=100, examples=[0])]
    opens: str = Field(max_length=10, examples=["08:00"])
    closes: str = Field(max_length=10, examples=["18:00"])


class SpaceFields(In):
    """What can be said about a space; `null` or no `weekly` is always open."""

    description: str = Field("", max_length=_MOST)
    address: str = Field("", max_length=_MOST)
    instructions: str = Field(
        "", max_length=_MOST, description="How to get in; for those who booked."
    )
    tags: list[str] = Field(default_factory=list, max_length=50)
    instant: Yes = True
    weekly: list[OpeningIn] | None = Field(None, max_length=_MOST_ENTRIES)
    max_height_cm: _Cm = None
    max_length_cm: _Cm = None
    max_width_cm: _Cm = None


class SpaceIn(SpaceFields):
    """A space to list; time zone and neighbourhood follow from the point."""

    title: str = Field(max_length=_MOST, examples=["St Marks Place garage"])
    lat: _Degrees = Field(examples=[40.729])
    lng: _Degrees = Field(examples=[-73.9888])
    kind: SpaceKind
    capacity: _Bays = 1
    rate_card: RateCardIn
    draft: Yes = Field(default=False, description="Write it down without offering it yet.")

    def to_draft(self) -> Draft:
        """Return what the service takes."""
        return Draft(
            title=self.title,
            point=Point(lat=self.lat, lng=self.lng),
            kind=self.kind,
            capacity=self.capacity,
            hour_minor=self.rate_card.hour_minor,
            day_cap_minor=self.rate_card.day_cap_minor,
            currency=self.rate_card.currency,
            description=self.description,
            address=self.address,
            instructions=self.instructions,
            tags=frozenset(self.tags),
            instant=self.instant,
            hours=hours_of(self.weekly),
            max_height_cm=self.max_height_cm,
            max_length_cm=self.max_length_cm,
            max_width_cm=self.max_width_cm,
        )


class SpaceChangeIn(In):
    """What to change of a space; what is left out stays."""

    title: str | None = Field(None, max_length=_MOST)
    description: str | None = Field(None, max_length=_MOST)
    address: str | None = Field(None, max_length=_MOST)
    instructions: str | None = Field(None, max_length=_MOST)
    lat: _Degrees | None = None
    lng: _Degrees | None = None
    kind: SpaceKind | None = None
    capacity: _Bays | None = None
    tags: list[str] | None = Field(None, max_length=50)
    instant: Yes | None = None
    rate_card: RateCardIn | None = None
    weekly: list[OpeningIn] | None = Field(
        None, max_length=_MOST_ENTRIES, description="`null` makes it always open."
    )
    max_height_cm: _Cm = None
    max_length_cm: _Cm = None
    max_width_cm: _Cm = None

    def changed(self, draft: Draft) -> Draft:
        """Return a draft with these changes."""
        made = {"rate_card", "weekly", "lat", "lng", "tags"}
        plain = self.model_dump(exclude_none=True, exclude=made)
        # Here, and for hours, null says something.
        limits = {name: getattr(self, name) for name in self.model_fields_set & set(LIMITS)}
        after = replace(draft, **plain | limits)
        if self.tags is not None:
            after = replace(after, tags=frozenset(self.tags))
        if self.lat is not None or self.lng is not None:
            lat = draft.point.lat if self.lat is None else self.lat
            lng = draft.point.lng if self.lng is None else self.lng
            after = replace(after, point=Point(lat=lat, lng=lng))
        if self.rate_card is not None:
            after = replace(after, **self.rate_card.model_dump())
        if "weekly" in self.model_fields_set:
            after = replace(after, hours=hours_of(self.weekly))
        return after


class RateCardOut(Out):
    """What a space charges."""

    hour_minor: int
    day_cap_minor: int | None
    currency: str


class OpeningOut(Out):
    """One stretch of opening hours."""

    day: int
    opens: str
    closes: str


class TimesOut(Out):
    """From when to when, in wall time at the space."""

    opens: str
    closes: str


class ExceptionOut(Out):
    """Dates that have hours of their own; without any they are closed."""

    first_day: str = Field(examples=["2026-12-24"])
    last_day: str = Field(examples=["2026-12-26"])
    hours: list[TimesOut]


class PhotoOut(Out):
    """A picture of a space; `urls` by the width in pixels."""

    id: UUID
    urls: dict[int, str]
    width: int
    height: int
    caption: str

    @classmethod
    def of(cls, photo: Photo) -> Self:
        """Return a picture in its shape."""
        return cls(
            id=photo.id,
            urls=photo_urls(photo.key),
            width=photo.width,
            height=photo.height,
            caption=photo.caption,
        )


class PhotosOut(Out):
    """The photos of a space; the first is the one that lists show."""

    items: list[PhotoOut]


class PhotoChangeIn(In):
    """A photo in its place; without a caption it keeps the one it has."""

    id: UUID
    caption: str | None = Field(None, max_length=_MOST)


class PhotosChangeIn(In):
    """All photos of a space, in their order."""

    items: list[PhotoChangeIn] = Field(max_length=100)


class RefusalOut(Out):
    """Why nobody could book a stay."""

    code: str = Field(examples=["space_closed"])
    detail: str


class StayOut(Out):
    """What a stay would cost now, and how many bays are free for all of it.

    `refusal` says why nobody could book it, free bays or not; usually it is null.
    """

    total: MoneyOut
    lines: list[LineOut]
    free: int
    refusal: RefusalOut | None

    @classmethod
    def of(cls, offered: Offer) -> Self:
        """Return an offer in its shape."""
        why = offered.refusal
        return cls(
            total=MoneyOut.of(offered.price.total),
            lines=[LineOut.of(line) for line in offered.price.lines],
            free=offered.free,
            refusal=None if why is None else RefusalOut(code=why.code, detail=why.message),
        )


class HostOut(Out):
    """Who lists a space."""

    id: UUID
    name: str


class SpaceOut(Out):
    """A space as the caller may see it; `instructions` are empty for all but its host."""

    id: UUID
    host: HostOut
    title: str
    description: str
    address: str
    neighbourhood: str
    lat: float
    lng: float
    timezone: str
    kind: SpaceKind
    capacity: int
    rate_card: RateCardOut
    instant: bool
    tags: list[str]
    instructions: str
    weekly: list[OpeningOut] | None
    exceptions: list[ExceptionOut]
    max_height_cm: int | None
    max_length_cm: int | None
    max_width_cm: int | None
    status: SpaceStatus
    photos: list[PhotoOut]
    mine: bool
    stay: StayOut | None = None

    @classmethod
    def of(cls, view: SpaceView, *, stay: Offer | None = None) -> Self:
        """Return a space in its shape."""
        plain = {name: getattr(view, name) for name in cls.model_fields if name not in _MADE}
        return cls(
            **plain,
            host=HostOut(id=view.host_id, name=view.host_name),
            lat=view.point.lat,
            lng=view.point.lng,
            rate_card=RateCardOut(
                hour_minor=view.hour.minor,
                day_cap_minor=None if view.day_cap is None else view.day_cap.minor,
                currency=view.hour.currency,
            ),
            tags=list(view.tags),
            weekly=weekly_out(view.hours),
            exceptions=exceptions_out(view.exceptions),
            photos=[PhotoOut.of(photo) for photo in view.photos],
            stay=None if stay is None else StayOut.of(stay),
        )


_MADE = {"host", "lat", "lng", "rate_card", "tags", "weekly", "exceptions", "photos", "stay"}


def photo_urls(key: str) -> dict[int, str]:
    """Return the addresses of a picture's files, by width."""
    return {width: photo_path(file_name(key, width)) for width in WIDTHS}


def hours_of(weekly: list[OpeningIn] | None) -> Hours | None:
    """Return the week that is typed; none is always open.

    Raises:
        BadHours: It is no week.
    """
    if weekly is None:
        return None
    return parse_weekly([opening.model_dump() for opening in weekly])


def weekly_out(hours: Hours | None) -> list[OpeningOut] | None:
    """Return a week in its shape."""
    if hours is None:
        return None
    return [OpeningOut.model_validate(day) for day in weekly_of(hours)]


def exceptions_out(exceptions: Exceptions) -> list[ExceptionOut]:
    """Return exceptions in their shape."""
    return [ExceptionOut.model_validate(dated) for dated in exceptions_of(exceptions)]
