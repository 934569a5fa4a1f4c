"""Finding an address: in what we know, then at the geocoder if there is one."""

from dataclasses import dataclass

from sqlmodel import Session

from parkplace.core.geo import Point
from parkplace.spaces import places
from parkplace.spaces.drafts import ADDRESS_MOST
from parkplace.spaces.places import Place, PlaceKind
from parkplace.web import geocoder
from parkplace.web.run import run

ENOUGH = 6


@dataclass(frozen=True, slots=True)
class Found:
    """A place to choose; `address` is what it gives as the space's address, if anything."""

    name: str
    detail: str
    lat: float
    lng: float
    address: str


def known(session: Session, *, words: str, near: Point | None) -> list[Found]:
    """Return places that look like what was typed, without asking the network."""
    found = places.suggest(session, words=words, near=near, most=2 * ENOUGH)
    # Another space's name is no address.
    return [choice(place) for place in found if place.kind != PlaceKind.SPACE][:ENOUGH]


async def everywhere(words: str, *, near: Point | None, address: str) -> list[Found]:
    """Return what the geocoder knows under these words, then what looks like them here.

    Args:
        words: What was typed.
        near: Where the map looks.
        address: The network address of the person, for limits.

    Raises:
        TooMany: This person asked the geocoder too often.
    """
    here = await run(lambda session: known(session, words=words, near=near))
    elsewhere = await geocoder.ask(words, near=near, address=address)
    return [*map(choice, elsewhere), *here][:ENOUGH]


def choice(place: Place) -> Found:
    """Return a place as it is offered; coordinates and ZIP codes are no address."""
    named = place.kind in {PlaceKind.STREET, PlaceKind.ADDRESS}
    address = ", ".join(filter(None, (place.name, place.detail))) if named else ""
    return Found(
        name=place.name,
        detail=place.detail,
        lat=place.point.lat,
        lng=place.point.lng,
        address=address[:ADDRESS_MOST],
    )
