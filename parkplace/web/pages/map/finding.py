"""Turning what a person types into a place: from what we know, else from the geocoder."""

import re
import unicodedata
from dataclasses import dataclass

from sqlmodel import Session

from parkplace.core.errors import NotFound
from parkplace.core.geo import Point
from parkplace.spaces import places
from parkplace.spaces.places import GeocoderSilent, Place, PlaceKind
from parkplace.web import geocoder
from parkplace.web.pages.map.address import spelled
from parkplace.web.pages.map.geometry import View
from parkplace.web.run import run

SUGGESTED = 6
HERE_ZOOM = 16
# How close to look, by how the place was found.
_ZOOMS = {
    PlaceKind.COORDINATES: 16,
    PlaceKind.ZIP: 14,
    PlaceKind.STREET: 16,
    PlaceKind.SPACE: 17,
    PlaceKind.ADDRESS: 16,
}
_TOWN_ZOOM = 13
_WORD = re.compile(r"\w+")


class PlaceUnknown(NotFound):
    """Raised for a place that neither we nor the geocoder know."""

    code = "place_unknown"


@dataclass(frozen=True, slots=True)
class Option:
    """A place that is offered while one types.

    Attributes:
        at: The point, as the address spells it.
        label: What the field says when it is taken.
        name, detail: What the list says.
        zoom: How close to look.
    """

    at: str
    label: str
    name: str
    detail: str
    zoom: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that was found, what the field says about it, and where the map looks."""

    label: str
    point: Point
    view: View


def options(session: Session, *, words: str, near: Point | None) -> list[Option]:
    """Return places that look like what was typed so far, without asking the network."""
    found = places.suggest(session, words=words, near=near, most=SUGGESTED)
    return [
        Option(spelled(place.point), label(place), place.name, place.detail, _ZOOMS[place.kind])
        for place in found
    ]


async def find(words: str, *, near: Point | None, address: str) -> Spot:
    """Return the place that a person most likely means.

    What we surely know is taken at once; else the geocoder is asked, if there is one; else, or
    when it knows nothing either, the likest of what we know is taken.

    Args:
        words: What was typed.
        near: Where the map looks.
        address: The network address of the person, for limits.

    Raises:
        PlaceUnknown: Nobody knows; the message says what to try instead.
        TooMany: This person asked the geocoder too often.
    """
    known = await run(lambda session: places.suggest(session, words=words, near=near, most=1))
    if known and sure(words, known[0]):
        return spot(known[0], words)
    elsewhere, silence = await _elsewhere(words, near=near, address=address)
    if elsewhere:
        return spot(elsewhere[0], words)
    if known:
        return spot(known[0], words)
    raise _unknown(words, silence)


def sure(words: str, place: Place) -> bool:
    """Say whether a place is what was typed, beyond looking like it: it has every word of it."""
    if place.kind == PlaceKind.COORDINATES:
        return True
    has = " ".join(_plain(f"{place.name} {place.detail}"))
    return all(word in has for word in _plain(words))


def spot(place: Place, words: str) -> Spot:
    """Return a place with its name for the field and how close to look.

    A space that only lies in the town that was typed stands for the town.
    """
    in_town = place.kind == PlaceKind.SPACE and not set(_plain(words)) & set(_plain(place.name))
    zoom = _TOWN_ZOOM if in_town else _ZOOMS[place.kind]
    return Spot(words if in_town else label(place), place.point, View(place.point, zoom))


def label(place: Place) -> str:
    """Return how the field calls a place."""
    if place.kind == PlaceKind.ZIP:
        return place.detail
    return f"{place.name}, {place.detail}" if _is_short(place) else place.name


def _is_short(place: Place) -> bool:
    return place.kind == PlaceKind.STREET and bool(place.detail)


async def _elsewhere(
    words: str, *, near: Point | None, address: str
) -> tuple[list[Place], GeocoderSilent | None]:
    try:
        return await geocoder.ask(words, near=near, address=address, quietly=False), None
    except GeocoderSilent as silence:
        return [], silence


def _unknown(words: str, silence: GeocoderSilent | None) -> PlaceUnknown:
    if silence is None:
        instead = "Try a street, a US ZIP code or a pair of coordinates."
        return PlaceUnknown(f"We do not know “{words}”. {instead}", field="where")
    ours = f"“{words}” is no street, ZIP code or space that we know without it."
    return PlaceUnknown(f"{silence.message} {ours}", field="where")


def _plain(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(sign for sign in decomposed if not unicodedata.combining(sign)))
