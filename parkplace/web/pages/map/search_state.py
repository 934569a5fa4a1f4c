"""The search form: a place with suggestions, start and end; what is sent becomes the address."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec, EventType

from parkplace.core import clock
from parkplace.core.errors import DomainError, Invalid
from parkplace.core.geo import Point
from parkplace.spaces.places import WORDS_MOST
from parkplace.web import ui
from parkplace.web.errors import by_field
from parkplace.web.pages.map import address, finding, form, geometry
from parkplace.web.pages.map.address import HERE, Search
from parkplace.web.pages.map.finding import HERE_ZOOM, Option
from parkplace.web.pages.map.form import Typed
from parkplace.web.pages.map.geometry import View
from parkplace.web.pages.map.revealing import focus_field
from parkplace.web.pages.map.state import MapState
from parkplace.web.run import run
from parkplace.web.session import address as network_address
from parkplace.web.stays import FIRST, SECOND
from parkplace.web.ui.search import SHEET_ID

NOT_LOCATED = "Your browser did not say where you are. Type a place instead."


class SearchState(rx.State):
    """What is typed into the search form.

    Attributes:
        options: Places that look like what was typed so far.
        offered_for: What that was.
        errors: What is wrong with the form, by field.
    """

    options: list[Option] = []
    offered_for: str = ""
    errors: dict[str, str] = {}
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Forget what was wrong and what was offered: the address says something else now."""
        self.options, self.offered_for, self.errors, self.pending = [], "", {}, False

    @rx.event
    async def type_place(self, typed: str) -> None:
        """Offer places that look like what was typed so far."""
        words, near = str(typed)[:WORDS_MOST], self._centre()
        self.options = await run(lambda session: finding.options(session, words=words, near=near))
        self.offered_for = words

    @rx.event
    async def search(
        self, sent: dict[str, Any]
    ) -> AsyncGenerator[EventSpec | EventType[()] | None, None]:
        """Search for what the form says: a step in the history."""
        self.pending, self.errors = True, {}
        yield
        try:
            wanted = await self._wanted(form.typed(sent))
        except DomainError as error:
            self.errors = by_field(error)
            yield focus_field(error.field or "where")
            return
        finally:
            self.pending = False
        yield ui.close_dialog(SHEET_ID)
        yield self._go(wanted)

    @rx.event
    async def located(
        self, place: dict[str, float | bool]
    ) -> AsyncGenerator[EventSpec | EventType[()], None]:
        """Search where the person is, as their browser says."""
        view = geometry.view_of(place.get("lat"), place.get("lng"), HERE_ZOOM)
        if place.get("found") is not True or view is None:
            yield ui.toast(NOT_LOCATED, kind="wrong")
            return
        # About ten metres: addresses are shared.
        spot = Point(lat=round(view.centre.lat, 4), lng=round(view.centre.lng, 4))
        before = self._before()
        there = replace(before, where=HERE, at=spot, view=View(spot, HERE_ZOOM))
        given = Typed(HERE, spot, before.stay.starts, before.stay.ends)
        with suppress(Invalid):  # the page says at the field what is wrong with the time
            there = form.with_stay(there, given, before=before, now=clock.utc_now())
        yield ui.close_dialog(SHEET_ID)
        yield self._go(there)

    @rx.event
    async def choose(self, field: str, which: str) -> EventSpec | EventType[()] | None:
        """Say which pass of a time that happens twice is meant."""
        if field not in {"from", "until"} or which not in {FIRST, SECOND}:
            return None
        before = self._before()
        passes = {"from": "starts_pass", "until": "ends_pass"}
        return self._go(replace(before, stay=replace(before.stay, **{passes[field]: which})))

    async def _wanted(self, given: Typed) -> Search:
        before, now = self._before(), clock.utc_now()
        return form.with_stay(await self._placed(given, before), given, before=before, now=now)

    async def _placed(self, given: Typed, before: Search) -> Search:
        if not given.where:
            return replace(before, where="", at=None)
        if form.stands(before, given) and before.at is not None:
            return form.in_sight(before)
        if given.at is not None:
            zooms = {option.at: option.zoom for option in self.options}
            view = View(given.at, zooms.get(address.spelled(given.at), HERE_ZOOM))
            return replace(before, where=given.where, at=given.at, view=view)
        spot = await finding.find(given.where, near=self._centre(), address=network_address(self))
        return replace(before, where=spot.label, at=spot.point, view=spot.view)

    def _before(self) -> Search:
        return address.read(self.router.url.query_parameters)

    def _centre(self) -> Point | None:
        view = self._before().view
        return view.centre if view is not None else None

    def _go(self, search: Search) -> EventSpec | EventType[()]:
        url = address.url(search)
        same = url == address.url(self._before())
        return MapState.load if same else rx.redirect(url)
