"""The map page: what the address searches for, as a list and as pins, kept in step."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec, EventType

from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.geo import Point
from parkplace.web import ui
from parkplace.web.errors import by_field
from parkplace.web.pages.map import address, finding, geometry, listing
from parkplace.web.pages.map.address import Search
from parkplace.web.pages.map.board import Board
from parkplace.web.pages.map.listing import PAGE
from parkplace.web.pages.map.revealing import reveal
from parkplace.web.run import run
from parkplace.web.session import address as network_address

# Signals that come close together are answered by one look.
GATHER_S = 0.3


class MapState(Board, rx.State):
    """What people do with the list and the map."""

    _due: bool = False  # a look is already on its way

    @rx.event
    async def load(self) -> AsyncGenerator[EventSpec | None, None]:
        """Search for what the address says; what it leaves open is filled in."""
        self.busy, self._due = True, False
        yield
        try:
            search, errors = await self._wanted()
            again = self._search is not None and address.url(search) == address.url(self._search)
            if not again:
                self._extra, self.selected = None, ""
            self.astray = False
            await self._read(search, count=len(self.cards) if again else 0)
            self.said = replace(self.said, errors=self.said.errors | errors)
        finally:
            self.busy = False
        if self._search is not None and not errors:
            yield ui.rewrite_address(address.url(self._search))

    @rx.event
    async def moved(
        self,
        box: dict[str, float],
        center: dict[str, float],
        zoom: int,
        by_person: bool,  # noqa: FBT001 - Reflex passes what an event carries by position
    ) -> EventSpec | None:
        """Follow the map: its pins at once, the list when the person asks for it."""
        what = geometry.claimed(box, center, zoom)
        if what is None or self._visible is None or self._search is None:
            return None
        size, known = geometry.size_of(what), self._screen()
        if by_person:
            self._size, self.astray = size, True
            await self._redraw(what)
            return ui.rewrite_address(address.url(self._search))
        if geometry.same_view(what.view, self._visible.view):
            self._size, self._visible = size, what
            if not geometry.same_size(size, known):
                await self._again()
        return None

    @rx.event
    async def search_area(self) -> EventSpec | EventType[()] | None:
        """List what the map shows now."""
        search, visible = self._search, self._visible
        if search is None or visible is None:
            return None
        if search.at is None or geometry.inside(visible.box, search.at):
            return MapState.load
        return rx.redirect(address.url(replace(search, where="", at=None)))

    @rx.event
    async def show_more(self) -> None:
        """Add the next page to the list."""
        found, after, locale, now = self._found, self._after, self._locale(), clock.utc_now()
        if found is None or after is None:
            return
        listed = await run(
            lambda session: listing.page(
                session, found, count=PAGE, after=after, locale=locale, now=now
            )
        )
        self.cards += [deed for deed in listed.deeds if deed.id not in self._of_deeds]
        self._of_deeds = self._of_deeds | listed.pins
        self._after, self.more = listed.after, listed.after is not None

    @rx.event
    async def point_out(self, space_id: str) -> None:
        """Mark the space whose deed the pointer or the focus is on."""
        if space_id in self._of_deeds:
            self._mark(space_id)

    @rx.event
    async def press(self, space_id: str) -> EventSpec | None:
        """Mark the space whose pin was pressed, and bring its deed into view."""
        pin = next((pin for pin in self.pins if pin.id == space_id), None)
        if pin is None:
            return None
        if pin.id not in self._of_deeds:
            self._extra = UUID(pin.id), Point(lat=pin.lat, lng=pin.lng)
            await self._again()
        if pin.id not in self._of_deeds:
            return ui.toast("This space was taken a moment ago.", kind="wrong")
        self._mark(pin.id)
        return reveal(pin.id)

    @rx.event(background=True)
    async def changed(self) -> None:
        """Look again: something changed in the areas in view."""
        async with self:
            if self._due:
                return
            self._due = True
        await asyncio.sleep(GATHER_S)
        async with self:
            self._due = False
            await self._again()

    async def _wanted(self) -> tuple[Search, dict[str, str]]:
        """Return what the address searches for, its place found, and what is wrong with it."""
        search = address.read(self.router.url.query_parameters)
        if not search.somewhere and self._search is not None:
            stay = search.stay if search.stay.starts else self._search.stay
            return replace(self._search, stay=stay), {}
        if not search.where or search.at is not None:
            return search, {}
        try:
            spot = await finding.find(search.where, near=None, address=network_address(self))
        except DomainError as error:
            return search, by_field(error)
        looked_from = search.view or spot.view
        return replace(search, where=spot.label, at=spot.point, view=looked_from), {}
