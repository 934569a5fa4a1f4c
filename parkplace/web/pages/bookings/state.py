"""The list of a person's bookings: now, upcoming, past; and those at their own spaces."""

from collections.abc import AsyncGenerator, Callable
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec, EventType
from sqlmodel import Session

from parkplace.bookings import offers, queries, service
from parkplace.bookings.access import BookingNotFound
from parkplace.bookings.queries import PARTS, When
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import routes, ui, words
from parkplace.web.pages.bookings.reading import Seen, look, next_page
from parkplace.web.pages.bookings.view import Notice, Row
from parkplace.web.run import run
from parkplace.web.session import caller, session_token

WAITING, SIGNED_IN, SIGNED_OUT = "waiting", "in", "out"
AT_MY_SPACES = routes.with_query(routes.BOOKINGS, {"at": "spaces"})
CANCEL, LEAVE, DECLINE = "cancel-booking", "end-now", "decline"  # ids of dialogs

Answer = list[EventType[()]]


class BookingsState(rx.State):
    """Bookings as they stand; the address says whether as driver or as host.

    Attributes:
        asks: How many requests wait for the host, as words; empty for none.
        more: For which parts there is more to show.
        chosen, chosen_name: The booking that a dialog asks about.
        leaving: What ending that stay now would mean.
    """

    stage: str = WAITING
    hosts: bool = False
    hosting: bool = False
    nothing: bool = False
    asks: str = ""
    current: list[Row] = []
    upcoming: list[Row] = []
    past: list[Row] = []
    more: dict[str, bool] = {}
    notices: list[Notice] = []
    topics: list[str] = []
    chosen: str = ""
    chosen_name: str = ""
    leaving: str = ""

    @rx.event
    async def load(self) -> AsyncGenerator[None, None]:
        """Read the first page of each part."""
        hosting = self.router.url.query_parameters.get("at", "") == "spaces"
        self.stage, self.hosting, self.topics = WAITING, hosting, []
        self.current, self.upcoming, self.past = [], [], []
        yield
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """Read again as much as is shown: something changed, or a countdown ran out."""
        await self._read()

    @rx.event
    async def show_more(self, part: str) -> None:
        """Show the next page of a part."""
        if part not in PARTS:
            return
        when = When(part)
        shown = self._rows(when)
        if not shown:
            return
        token, hosting, locale = session_token(self), self.hosting, self._locale()
        after, now = UUID(shown[-1].id), clock.utc_now()
        found = await run(
            lambda session: next_page(
                session,
                token=token,
                hosting=hosting,
                when=when,
                after=after,
                locale=locale,
                now=now,
            )
        )
        self._keep(when, [*shown, *found.rows])
        self.more = {**self.more, when: found.more}

    @rx.event
    async def choose(self, booking_id: str, name: str, dialog: str) -> EventSpec | None:
        """Ask about one booking before it is done."""
        if dialog not in {CANCEL, DECLINE}:
            return None
        self.chosen, self.chosen_name = booking_id, name
        return ui.open_dialog(dialog)

    @rx.event
    async def ask_to_leave(self, booking_id: str, name: str) -> Answer:
        """Say what ending a stay now would cost, and ask."""
        token, now, locale = session_token(self), clock.utc_now(), self._locale()

        def cost(session: Session) -> str:
            chosen, asking = _id(booking_id), caller(session, token)
            booking = queries.view(session, booking_id=chosen, caller=asking, now=now)
            price = offers.if_left_now(session, booking_id=chosen, caller=asking, now=now)
            return words.leaving(price.total, booked=booking.total, locale=locale)

        self.chosen, self.chosen_name = booking_id, name
        try:
            self.leaving = await run(cost)
        except DomainError as error:
            return [ui.toast(error.message, kind="wrong"), BookingsState.refresh()]
        return [ui.open_dialog(LEAVE)]

    @rx.event
    async def cancel(self) -> Answer:
        """Call the chosen booking off."""
        return await self._act(service.cancel)

    @rx.event
    async def leave(self) -> Answer:
        """End the chosen stay now."""
        return await self._act(service.leave)

    @rx.event
    async def decline(self) -> Answer:
        """Say no to the chosen request."""
        return await self._act(lambda session, **given: service.decline(session, why="", **given))

    @rx.event
    async def approve(self, booking_id: str) -> Answer:
        """Say yes to a request."""
        self.chosen = booking_id
        return await self._act(service.approve)

    async def _act(self, call: Callable[..., object]) -> Answer:
        token, now, chosen = session_token(self), clock.utc_now(), self.chosen

        def act(session: Session) -> None:
            call(session, booking_id=_id(chosen), caller=caller(session, token), now=now)

        try:
            await run(act)
        except DomainError as error:
            return [ui.toast(error.message, kind="wrong"), BookingsState.refresh()]
        return [BookingsState.refresh()]

    async def _read(self) -> None:
        token, hosting, locale = session_token(self), self.hosting, self._locale()
        counts, now = {when: len(self._rows(when)) for when in PARTS}, clock.utc_now()
        seen = await run(
            lambda session: look(
                session, token=token, hosting=hosting, counts=counts, locale=locale, now=now
            )
        )
        self._show(seen)

    def _show(self, seen: Seen | None) -> None:
        if seen is None:
            self.stage, self.topics = SIGNED_OUT, []
            return
        for when, part in seen.parts.items():
            self._keep(when, part.rows)
        self.more = {when: part.more for when, part in seen.parts.items()}
        self.nothing = not (self.current or self.upcoming or self.past)
        self.hosts, self.notices, self.topics = seen.hosts, seen.notices, seen.topics
        self.asks = str(seen.waiting) if seen.waiting else ""
        self.stage = SIGNED_IN

    def _rows(self, when: When) -> list[Row]:
        return {When.NOW: self.current, When.UPCOMING: self.upcoming, When.PAST: self.past}[when]

    def _keep(self, when: When, rows: list[Row]) -> None:
        if when == When.NOW:
            self.current = rows
        elif when == When.UPCOMING:
            self.upcoming = rows
        else:
            self.past = rows

    def _locale(self) -> str:
        return words.locale_of(self.router.headers.accept_language)


def _id(claimed: str) -> UUID:
    try:
        return UUID(claimed)
    except ValueError:
        raise BookingNotFound("There is no such booking. Load the page again.") from None
