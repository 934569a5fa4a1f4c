"""Places: what a person types, as points on the map."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from parkplace.api.deps import AddressDep
from parkplace.api.problems import problems
from parkplace.api.schemas.common import Degrees, In, Out
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.geo import Point
from parkplace.core.settings import get_settings
from parkplace.spaces import places
from parkplace.spaces.places import Place, PlaceKind

router = APIRouter(prefix="/places", tags=["spaces"])

# The geocoder may be slow, and is asked one thing at a time: whoever waits for it waits here, and
# leaves the threads of all other routes alone.
_waiting_room = ThreadPoolExecutor(max_workers=4, thread_name_prefix="geocode")


class PlacesIn(In):
    """What was typed, and where the map is."""

    q: str = Field(max_length=200)
    lat: Degrees | None = None
    lng: Degrees | None = None
    limit: int = Field(8, ge=1, le=20)

    @property
    def near(self) -> Point | None:
        """The middle of the map, if there is one."""
        if self.lat is None or self.lng is None:
            return None
        return Point(lat=self.lat, lng=self.lng)


class PlaceOut(Out):
    """A place: its name, where that is in words, its point, and how it was found."""

    name: str
    detail: str
    lat: float
    lng: float
    kind: PlaceKind

    @classmethod
    def of(cls, place: Place) -> Self:
        """Return a place in its shape."""
        return cls(
            name=place.name,
            detail=place.detail,
            lat=place.point.lat,
            lng=place.point.lng,
            kind=place.kind,
        )


class PlacesOut(Out):
    """Places, the likest first."""

    items: list[PlaceOut]
    next_cursor: None = None


@router.get("", responses=problems(422, 429))
async def find(wanted: Annotated[PlacesIn, Query()], address: AddressDep) -> PlacesOut:
    """Return the places a text may mean: coordinates, US ZIP codes, streets, spaces.

    What is not known here is asked of the geocoder, if the operator has set one.
    """
    found = await run_in_threadpool(_known, wanted)
    if not found and get_settings().geocoder_url:
        await run_in_threadpool(limits.hit, limits.GEOCODE, limits.network(address))
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(_waiting_room, _elsewhere, wanted)
    return PlacesOut(items=[PlaceOut.of(place) for place in found[: wanted.limit]])


def _known(wanted: PlacesIn) -> list[Place]:
    with transaction() as session:
        return places.suggest(session, words=wanted.q, near=wanted.near, most=wanted.limit)


def _elsewhere(wanted: PlacesIn) -> list[Place]:
    settings = get_settings()
    return places.geocode(
        wanted.q,
        url=settings.geocoder_url,
        user_agent=f"Park Place ({settings.public_url})",
        near=wanted.near,
    )
