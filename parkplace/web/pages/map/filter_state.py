"""Filters, sort and the ways out of an empty list: each changes the search in the address."""

from dataclasses import replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.bookings.search import Sort
from parkplace.core.errors import Invalid
from parkplace.web import ui, words
from parkplace.web.errors import by_field
from parkplace.web.pages.map import address, form
from parkplace.web.pages.map.address import NO_STAY, Search

FILTERS_ID = "filters"
WIDER = 2  # zooms


class FilterState(rx.State):
    """What narrows the search; the address holds it, here is only what is wrong with the form."""

    errors: dict[str, str] = {}

    @rx.event
    async def toggle_tag(self, tag: str) -> EventSpec | None:
        """Ask for spaces with a tag, or no longer."""
        search = self._search()
        return self._go(replace(search, tags=search.tags ^ {tag})) if tag in words.TAGS else None

    @rx.event
    async def toggle_price(self, most: str) -> EventSpec:
        """Ask for stays that cost at most `1500~USD`, or for any."""
        search = self._search()
        amount = address.money_of(str(most)) if search.most is None else None
        return self._go(replace(search, most=amount))

    @rx.event
    async def toggle_sort(self) -> EventSpec:
        """Put the cheapest first, or the nearest."""
        search = self._search()
        other = Sort.DISTANCE if search.sort == Sort.PRICE else Sort.PRICE
        return self._go(replace(search, sort=other))

    @rx.event
    async def narrow(self, sent: dict[str, Any]) -> list[EventSpec] | None:
        """Search with the filters of the dialog."""
        self.errors = {}
        try:
            search = form.narrowed(self._search(), sent)
        except Invalid as error:
            self.errors = by_field(error)
            return None
        return [ui.close_dialog(FILTERS_ID), self._go(search)]

    @rx.event
    async def widen(self) -> list[EventSpec]:
        """Search without filters."""
        self.errors = {}
        return [ui.close_dialog(FILTERS_ID), self._go(address.widened(self._search()))]

    @rx.event
    async def zoom_out(self) -> EventSpec:
        """Search a wider map."""
        return self._go(form.zoomed_out(self._search(), by=WIDER))

    @rx.event
    async def next_day(self) -> EventSpec:
        """Search for the same time a day later."""
        search = self._search()
        return self._go(replace(search, stay=form.next_day(search.stay)))

    @rx.event
    async def start_now(self) -> EventSpec:
        """Search for the usual stay, from now on."""
        return self._go(replace(self._search(), stay=NO_STAY))

    def _search(self) -> Search:
        return address.read(self.router.url.query_parameters)

    def _go(self, search: Search) -> EventSpec:
        return rx.redirect(address.url(search))
