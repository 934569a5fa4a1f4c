"""What the map page shows, and how it is read and filled in; what people do stands in `state`."""

from dataclasses import replace
from uuid import UUID

import reflex as rx

from parkplace.core import clock
from parkplace.core.geo import Point
from parkplace.web import ui
from parkplace.web.map.pins import MapCluster, MapPin, MapPoint
from parkplace.web.pages.map import geometry, listing, view
from parkplace.web.pages.map.address import Search
from parkplace.web.pages.map.geometry import Shown, Size
from parkplace.web.pages.map.listing import PAGE, Found, OnMap
from parkplace.web.pages.map.reading import Asking, Seen, look
from parkplace.web.run import run
from parkplace.web.words import locale_of


class Board(rx.State, mixin=True):
    """A search and what it found.

    Attributes:
        stage: One of `view.WAITING` and its neighbours.
        said: What the page says about it.
        cards: The deeds.
        more: Whether the list goes on.
        selected: The space that is marked in the list and on the map.
        center, zoom: Where the map is to look.
        astray: Whether the person moved the map away from what the list covers.
    """

    stage: str = view.WAITING
    said: view.Said = view.Said()
    busy: bool = False
    cards: list[ui.Deed] = []
    more: bool = False
    selected: str = ""
    pins: list[MapPin] = []
    clusters: list[MapCluster] = []
    center: MapPoint | None = None
    zoom: int = 2
    here: MapPoint | None = None
    astray: bool = False
    topics: list[str] = []

    _search: Search | None = None  # what the address says, with its blanks filled in
    _found: Found | None = None  # what the list covers
    _visible: Shown | None = None  # what the map shows
    _size: Size | None = None  # of the map, once it said so
    _drawn: list[MapPin] = []  # the map's pins, without one for the deed that is marked
    _of_deeds: dict[str, MapPin] = {}
    _extra: tuple[UUID, Point] | None = None  # the space whose pin was pressed
    _after: str | None = None

    async def _read(self, search: Search, *, count: int = 0) -> None:
        """Look for what is searched, and show it."""
        asking = Asking(
            size=self._screen(),
            locale=self._locale(),
            now=clock.utc_now(),
            visible=self._visible if self.astray else None,
            extra=self._extra,
            count=max(count, PAGE),
        )
        self._show(await run(lambda session: look(session, search=search, asking=asking)))

    async def _again(self) -> None:
        """Read what is shown once more: it may have changed."""
        covered = self._found.search if self.astray and self._found is not None else self._search
        if covered is not None:
            await self._read(covered, count=len(self.cards))

    async def _redraw(self, what: Shown) -> None:
        """Show what the map shows now, wherever the person moved it."""
        found, locale, now = self._found, self._locale(), clock.utc_now()
        self._look_at(what)
        if found is not None:
            self._draw(
                await run(
                    lambda session: listing.on_map(
                        session, found, what=what, locale=locale, now=now
                    )
                )
            )
            self.topics = listing.topics(found, what)

    def _show(self, seen: Seen) -> None:
        self.stage, self.said, self.topics = seen.stage, seen.said, seen.topics
        self.cards, self._of_deeds = seen.listed.deeds, seen.listed.pins
        self._after, self.more = seen.listed.after, seen.listed.after is not None
        self._found = seen.found
        if self.selected not in self._of_deeds:
            self.selected = ""
        if not self.astray:
            self._search = seen.search
            self._look_at(seen.what)
        self._draw(seen.drawn)

    def _look_at(self, what: Shown | None) -> None:
        self._visible = what
        if what is None or self._search is None:
            return
        self._search = replace(self._search, view=what.view)
        centre, place = what.view.centre, self._search.at
        self.center, self.zoom = MapPoint(centre.lat, centre.lng), what.view.zoom
        self.here = MapPoint(place.lat, place.lng, self._search.where) if place else None

    def _draw(self, drawn: OnMap) -> None:
        self._drawn, self.clusters = drawn.pins, drawn.clusters
        self._pin_the_marked()

    def _mark(self, space_id: str) -> None:
        self.selected = space_id
        self._pin_the_marked()

    def _pin_the_marked(self) -> None:
        """Give the marked deed a pin of its own where the map has it in a group."""
        own = self._of_deeds.get(self.selected)
        grouped = own is not None and all(pin.id != own.id for pin in self._drawn)
        pins = [*self._drawn, own] if own is not None and grouped else self._drawn
        if pins != self.pins:
            self.pins = pins

    def _screen(self) -> Size:
        """Return how large the map is; a guess until it says so."""
        on_phone = "Mobi" in self.router.headers.user_agent
        return self._size or (geometry.PHONE if on_phone else geometry.DESK)

    def _locale(self) -> str:
        return locale_of(self.router.headers.accept_language)
