"""The space page: what is there, what a stay costs, and whether it is free then."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.core import clock
from parkplace.core.errors import NotFound
from parkplace.web import routes, ui
from parkplace.web.map.pins import MapPin, MapPoint
from parkplace.web.pages.space import view
from parkplace.web.pages.space.address import space_id_of, stay_query
from parkplace.web.pages.space.reading import Seen, look
from parkplace.web.run import run
from parkplace.web.session import session_token
from parkplace.web.stays import FIRST, SECOND
from parkplace.web.words import locale_of

WAITING, FOUND, GONE = "waiting", "found", "gone"


class SpaceState(rx.State):
    """One space, for the stay that the address names."""

    stage: str = WAITING
    card: view.Card = view.Card()
    terms: view.Terms = view.Terms()
    starts: str = ""
    ends: str = ""
    errors: dict[str, str] = {}
    asked: view.Asked = view.Asked()
    nearest: list[ui.Deed] = []
    pins: list[MapPin] = []
    center: MapPoint | None = None
    topics: list[str] = []
    back: str = routes.MAP

    @rx.event
    async def load(self) -> AsyncGenerator[EventSpec | None, None]:
        """Read the space and the stay; an address without a stay gets the usual one."""
        space_id = space_id_of(self)
        if str(space_id) != self.card.id:
            self.stage = WAITING
            yield
        seen = await self._look()
        self._show(seen)
        if seen is not None and not stay_query(self).get("from"):
            # From now on the address says which stay is shown, and that one is booked.
            here = routes.space(seen.card.id)
            yield ui.rewrite_address(routes.with_query(here, seen.stay.query()))

    @rx.event
    async def refresh(self) -> None:
        """Read again what is free: something changed."""
        self._show(await self._look())

    @rx.event
    async def show_time(self, form: dict[str, Any]) -> EventSpec:
        """Show another stay: a step in the history."""
        typed = {name: str(form.get(name, ""))[:16] for name in ("from", "until")}
        return self._go(typed)

    @rx.event
    async def choose(self, which: str) -> EventSpec | None:
        """Say which pass of a time that happens twice is meant."""
        if not self.asked.field or which not in {FIRST, SECOND}:
            return None
        return self._go(stay_query(self) | {f"{self.asked.field}_pass": which})

    async def _look(self) -> Seen | None:
        space_id, query, token = space_id_of(self), stay_query(self), session_token(self)
        locale, now = locale_of(self.router.headers.accept_language), clock.utc_now()
        if space_id is None:
            return None
        try:
            return await run(
                lambda session: look(
                    session, space_id=space_id, token=token, query=query, locale=locale, now=now
                )
            )
        except NotFound:
            return None

    def _show(self, seen: Seen | None) -> None:
        if seen is None:
            self.stage, self.topics, self.card = GONE, [], view.Card()
            return
        self.card, self.terms = seen.card, seen.terms
        self.starts, self.ends = seen.stay.starts, seen.stay.ends
        self.errors, self.asked, self.nearest = seen.errors, seen.asked, seen.nearest
        self.pins, self.center = [seen.pin], seen.point
        self.topics = [f"space:{seen.card.id}"]
        place = f"{seen.point.lat:.5f}~{seen.point.lng:.5f}"
        self.back = routes.with_query(routes.MAP, {"at": place, **seen.stay.query()})
        self.stage = FOUND

    def _go(self, query: dict[str, str]) -> EventSpec:
        return rx.redirect(routes.with_query(routes.space(str(space_id_of(self))), query))
