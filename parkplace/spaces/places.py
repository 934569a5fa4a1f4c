"""Finding the place a person types: offline from what we know, and from a geocoder if there is one.

`suggest` reads the database; `geocode` asks the network and must run outside any transaction.
"""

import math
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from geopy.exc import GeopyError
from geopy.geocoders import Nominatim
from geopy.location import Location
from sqlmodel import Session

from parkplace.core.db import sql
from parkplace.core.errors import Conflict, Invalid
from parkplace.core.geo import Point, neighbourhood_at, zip_point
from parkplace.core.texts import one_line
from parkplace.spaces.streets import streets_like

WORDS_MOST = 100
SUGGESTIONS_MOST = 20
STREETS_MOST = 5
CACHED_MOST = 500
CACHED_FOR_S = 24 * 3600.0
GEOCODED_MOST = 5
# The usage policy of OpenStreetMap's Nominatim: one request a second at most, an honest name.
BETWEEN_REQUESTS_S = 1.0
# Degrees around a point that a geocoder is asked to prefer; about 100 km.
_PREFERRED = 1.0

_SILENT = "Addresses cannot be looked up right now. Try again in a minute."
_NUMBER = r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,12})?"
_COORDINATES = re.compile(rf"({_NUMBER})\s*[,;\s]\s*({_NUMBER})")
_ZIP = re.compile(r"(?:^|[\s,])([0-9]{5})(?:-[0-9]{4})?$")

# Words that every street has in common would match a million spaces: what is looked at is bounded.
# The nearest are compared one by one; then some from anywhere, which an index of trigrams finds.
_NEAREST = """
    SELECT *, location <-> ST_SetSRID(ST_MakePoint(:lng, :lat), 4326)::geography AS distance
    FROM spaces WHERE status = 'published'
    ORDER BY location <-> ST_SetSRID(ST_MakePoint(:lng, :lat), 4326)::geography LIMIT 2000
"""
_ANYWHERE = """
    SELECT *, 0 AS distance FROM spaces WHERE status = 'published' AND :words <% words LIMIT 500
"""
_LIKE = """
    SELECT id, title, address, neighbourhood, lat, lng FROM (
        SELECT s.*, word_similarity(:words, s.words) AS likeness
        FROM ({source}) s WHERE :words <% s.words
    ) likely
    ORDER BY round(CAST(likeness AS numeric), 1) DESC, distance, likeness DESC, id LIMIT :most
"""


class GeocoderSilent(Conflict):
    """Raised when the geocoder does not answer, or not in time."""

    code = "geocoder_silent"


class PlaceKind(StrEnum):
    """How a place was found."""

    COORDINATES = "coordinates"
    ZIP = "zip"
    STREET = "street"
    SPACE = "space"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Place:
    """A place to look at: what it is called, where that is in words, and the point."""

    name: str
    detail: str
    point: Point
    kind: PlaceKind


def suggest(
    session: Session, *, words: str, near: Point | None = None, most: int = 8
) -> list[Place]:
    """Return places that look like what was typed, without asking the network.

    Coordinates first (`40.73, -73.99`), then a US ZIP code, streets, and spaces by name or address;
    typing errors are forgiven.

    Args:
        session: The open transaction.
        words: What was typed, so far.
        near: What the map shows the middle of; nearer places come first among equals.
        most: How many at most, 20 or fewer.
    """
    typed = one_line(words)[:WORDS_MOST]
    most = max(1, min(most, SUGGESTIONS_MOST))
    if not typed:
        return []
    if (place := _at_coordinates(typed)) is not None:
        return [place]
    found = [place] if (place := _at_zip(typed)) is not None else []
    found += [
        Place(street.name, street.where, street.point, PlaceKind.STREET)
        for street in streets_like(session, words=typed, near=near, most=STREETS_MOST)
    ]
    found = found[:most]
    if len(found) < most:
        found += _spaces_like(session, typed, near, most - len(found))
    return found


def _at_coordinates(typed: str) -> Place | None:
    match = _COORDINATES.fullmatch(typed)
    if match is None:
        return None
    try:
        point = Point(lat=float(match[1]), lng=float(match[2]))
    except Invalid:
        return None
    name = f"{point.lat:.5f}, {point.lng:.5f}"
    return Place(name, neighbourhood_at(point), point, PlaceKind.COORDINATES)


def _at_zip(typed: str) -> Place | None:
    match = _ZIP.search(typed)
    known = zip_point(match[1]) if match is not None else None
    if match is None or known is None:
        return None
    point, name = known
    return Place(match[1], name, point, PlaceKind.ZIP)


def _spaces_like(session: Session, typed: str, near: Point | None, most: int) -> list[Place]:
    found: dict[UUID, Place] = {}
    if near is not None:
        here = {"lat": near.lat, "lng": near.lng}
        found |= _likely(session, _NEAREST, words=typed, most=most, **here)
    if len(found) < most:
        anywhere = _likely(session, _ANYWHERE, words=typed, most=most)
        found |= {key: place for key, place in anywhere.items() if key not in found}
    return list(found.values())[:most]


def _likely(session: Session, source: str, **given: object) -> dict[UUID, Place]:
    return {
        row.id: Place(
            row.title,
            row.address or row.neighbourhood,
            Point(lat=row.lat, lng=row.lng),
            PlaceKind.SPACE,
        )
        for row in sql(session, _LIKE.format(source=source), **given)
    }


def geocode(
    words: str, *, url: str, user_agent: str, timeout: float = 3.0, near: Point | None = None
) -> list[Place]:
    """Return what a Nominatim server knows under these words; nothing if it does not answer.

    Takes what `look_up` takes.
    """
    try:
        return look_up(words, url=url, user_agent=user_agent, timeout=timeout, near=near)
    except GeocoderSilent:
        return []


def look_up(
    words: str, *, url: str, user_agent: str, timeout: float = 3.0, near: Point | None = None
) -> list[Place]:
    """Return what a Nominatim server knows under these words.

    Answers are remembered for a day. Servers are asked once a second at most (the usage policy of
    OpenStreetMap's), so a caller may wait for its turn, but never longer than `timeout` for that
    and `timeout` for the answer. Call it outside any transaction.

    Args:
        words: What was typed.
        url: The server, such as `https://nominatim.openstreetmap.org`.
        user_agent: Who is asking, as the policy wants to know.
        timeout: In seconds.
        near: Places near this point are preferred.

    Raises:
        GeocoderSilent: It does not answer, in time and in sense.
    """
    typed = one_line(words)[:WORDS_MOST]
    if not typed or not url:
        return []
    return list(_geocoder(url, user_agent).ask(typed, near=near, timeout=timeout))


@dataclass(slots=True)
class _Geocoder:
    """One server, asked politely: one question at a time, one a second, no question twice."""

    url: str
    user_agent: str
    turn: threading.Lock = field(default_factory=threading.Lock)
    asked_at: float = -math.inf
    known: OrderedDict[tuple[object, ...], tuple[float, tuple[Place, ...]]] = field(
        default_factory=OrderedDict[tuple[object, ...], tuple[float, tuple[Place, ...]]]
    )

    def ask(self, typed: str, *, near: Point | None, timeout: float) -> tuple[Place, ...]:
        """Return the server's answer, or one it gave within a day.

        Raises:
            GeocoderSilent: There is none.
        """
        key = (typed.casefold(), near and (round(near.lat), round(near.lng)))
        if (places := self._remembered(key)) is not None:
            return places
        if not self.turn.acquire(timeout=timeout):
            raise GeocoderSilent(_SILENT)
        try:
            # Whoever waited may have waited for the same question.
            if (places := self._remembered(key)) is not None:
                return places
            time.sleep(max(0.0, self.asked_at + BETWEEN_REQUESTS_S - time.monotonic()))
            places = self._request(typed, near=near, timeout=timeout)
            if places is None:
                raise GeocoderSilent(_SILENT)
            self._remember(key, places)
            return places
        finally:
            self.turn.release()

    def _remembered(self, key: tuple[object, ...]) -> tuple[Place, ...] | None:
        at, places = self.known.get(key, (-math.inf, ()))
        return places if time.monotonic() < at + CACHED_FOR_S else None

    def _remember(self, key: tuple[object, ...], places: tuple[Place, ...]) -> None:
        self.known[key] = (time.monotonic(), places)
        self.known.move_to_end(key)
        while len(self.known) > CACHED_MOST:
            self.known.popitem(last=False)

    def _request(
        self, typed: str, *, near: Point | None, timeout: float
    ) -> tuple[Place, ...] | None:
        parts = urlsplit(self.url)
        viewbox = None
        if near is not None:
            north, south = min(90.0, near.lat + _PREFERRED), max(-90.0, near.lat - _PREFERRED)
            viewbox = [(north, near.lng - _PREFERRED), (south, near.lng + _PREFERRED)]
        try:
            with Nominatim(
                domain=parts.netloc + parts.path.rstrip("/"),
                scheme=parts.scheme,
                user_agent=self.user_agent,
                timeout=timeout,  # pyright: ignore[reportArgumentType] - typed by its default
            ) as server:
                found = server.geocode(
                    typed, exactly_one=False, limit=GEOCODED_MOST, viewbox=viewbox
                )
                # The library can be asynchronous too and is typed for that; this server is not.
                return tuple(map(_place, cast("list[Location]", found or [])))
        except (GeopyError, Invalid, ValueError, KeyError, TypeError, AttributeError):
            # No server, too slow, or an answer that is none: the person still has `suggest`.
            return None
        finally:
            self.asked_at = time.monotonic()


@lru_cache(maxsize=8)
def _geocoder(url: str, user_agent: str) -> _Geocoder:
    return _Geocoder(url, user_agent)


def _place(location: Location) -> Place:
    name, _, detail = one_line(location.address).partition(",")
    point = Point(lat=location.latitude, lng=location.longitude)
    return Place(name.strip(), detail.strip(), point, PlaceKind.ADDRESS)
