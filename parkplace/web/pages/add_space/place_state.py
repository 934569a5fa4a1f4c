"""Where the space is: the pin, and finding the place to put it."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.limits import TooMany
from parkplace.spaces import queries
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.map.pins import MapPoint
from parkplace.web.pages.add_space import amounts, finding, view
from parkplace.web.pages.add_space.finding import Found
from parkplace.web.run import aside, run
from parkplace.web.session import address, session_token, signed_in
from parkplace.web.words import locale_of

STREET_ZOOM, TOWN_ZOOM = 17, 13


class PlaceState(rx.State):
    """The pin of a space that is being listed.

    Attributes:
        spot: Where it stands.
        center, zoom: Where the map is told to look.
        where: What follows from that: the neighbourhood, and whose clock counts.
        found: Places that a search found.
        message: What there is to say about the search.
    """

    spot: MapPoint | None = None
    center: MapPoint | None = None
    zoom: int = TOWN_ZOOM
    where: str = ""
    found: list[Found] = []
    message: str = ""
    searching: bool = False
    _seen_zoom: int = 0
    _middle: Point | None = None
    _currency: str = amounts.USUAL
    _offered: str = amounts.USUAL
    _address: str = ""
    _offered_address: str = ""

    @rx.event
    async def load(self) -> None:
        """Begin without a pin, near the space this host listed last."""
        self.spot, self.where, self.found, self.message = None, "", [], ""
        self._currency = self._offered = amounts.USUAL
        self._address = self._offered_address = ""
        token = session_token(self)
        self.center, self.zoom = await run(lambda session: _near_last(session, token)), TOWN_ZOOM

    @rx.event
    async def typed(self, form: dict[str, Any]) -> None:
        """Take over what stands in the form; after a reload that is where the pin was."""
        given = view.texts(form)
        self._currency, self._address = given.get("currency", ""), given.get("address", "")
        if self.spot is not None:
            return
        try:
            point = view.point_of(given)
        except Invalid:
            return
        # The offer was made, or refused, before the reload.
        self._offered, self._offered_address = "", ""
        await self._put(point)
        self.center, self.zoom = self.spot, STREET_ZOOM

    @rx.event
    async def moved(
        self,
        box: dict[str, float],  # noqa: ARG002 - what the event carries
        center: dict[str, float],
        zoom: int,
        by_person: bool,  # noqa: ARG002, FBT001
    ) -> None:
        """Note what the map shows."""
        self._seen_zoom = int(zoom)
        self._middle = Point(lat=float(center["lat"]), lng=float(center["lng"]))

    @rx.event
    async def placed(self, lat: float, lng: float) -> list[EventSpec]:
        """Put the pin where the map was pressed; from far away, come closer."""
        point = Point(lat=float(lat), lng=float(lng))
        events = await self._put(point)
        if self._seen_zoom < TOWN_ZOOM:
            self.center, self.zoom = self.spot, STREET_ZOOM
        return events

    @rx.event
    async def located(self, place: dict[str, float | bool]) -> list[EventSpec]:
        """Put the pin where the person is."""
        if not place.get("found"):
            self.message = "Your browser does not say where you are. Find the address instead."
            return []
        return await self._go(Point(lat=float(place["lat"]), lng=float(place["lng"])))

    @rx.event
    async def suggest(self, typed: str) -> None:
        """Offer what we know while the address is typed."""
        near, text = self._middle, str(typed)
        self.found = await run(lambda session: finding.known(session, words=text, near=near))
        self.message = ""

    @rx.event
    async def find(self, form: dict[str, Any]) -> AsyncGenerator[None, None]:
        """Look the address up, at the geocoder too."""
        text, near = str(form.get("find") or "").strip(), self._middle
        if not text:
            self.message = "Type an address, a street or a ZIP code."
            return
        self.searching = True
        yield
        try:
            self.found = await finding.everywhere(text, near=near, address=address(self))
        except TooMany as error:
            self.found, self.message = [], words(error)
            return
        finally:
            self.searching = False
        self.message = "" if self.found else "Nothing was found. Press the map where it is."

    @rx.event
    async def choose(self, number: int) -> list[EventSpec]:
        """Put the pin at a place that was found."""
        if not 0 <= int(number) < len(self.found):
            return []
        chosen = self.found[int(number)]
        events = await self._go(Point(lat=chosen.lat, lng=chosen.lng))
        if chosen.address and self._address == self._offered_address:
            self._offered_address = self._address = chosen.address
            events.append(ui.fill("address", chosen.address))
        return events

    async def _go(self, point: Point) -> list[EventSpec]:
        events = await self._put(point)
        self.center, self.zoom = self.spot, STREET_ZOOM
        self.found, self.message = [], ""
        return events

    async def _put(self, point: Point) -> list[EventSpec]:
        """Move the pin, and return what writes it into the form."""
        locale = locale_of(self.router.headers.accept_language)
        around = await aside(lambda: view.surroundings(point, locale=locale))
        self.spot, self.where = MapPoint(point.lat, point.lng), around.words
        events = [ui.fill("lat", f"{point.lat:.7f}"), ui.fill("lng", f"{point.lng:.7f}")]
        # A currency that the host chose stays.
        if self._currency == self._offered and around.currency != self._offered:
            self._currency = self._offered = around.currency
            events.append(ui.fill("currency", around.currency))
        return events


def _near_last(session: Session, token: str | None) -> MapPoint | None:
    user = signed_in(session, token)
    spaces = queries.by_host(session, host=user, limit=1) if user else []
    return MapPoint(spaces[0].point.lat, spaces[0].point.lng) if spaces else None
