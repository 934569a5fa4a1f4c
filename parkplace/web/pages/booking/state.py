"""The page of one booking: how it stands, for whoever the cookie or the address says is asking."""

from collections.abc import AsyncGenerator

import reflex as rx
from reflex.event import EventSpec

from parkplace.bookings.flows import cards, charges
from parkplace.bookings.models import BookingStatus
from parkplace.core import clock
from parkplace.core.errors import NotFound, Payment
from parkplace.web import routes, ui
from parkplace.web.errors import words
from parkplace.web.pages.booking import view
from parkplace.web.pages.booking.reading import Asking, Seen, asking, look, named
from parkplace.web.run import aside, run
from parkplace.web.words import locale_of

WAITING, FOUND, GONE = "waiting", "found", "gone"
# Where a visit to Stripe's pages may have changed something that nobody told us yet.
_PAYABLE = {BookingStatus.HELD, BookingStatus.EXPIRED, BookingStatus.COMPLETED}


class BookingState(rx.State):
    """One booking.

    Attributes:
        guest: Whether the address is a guest's link.
        again: Whether what expired is still free.
        nearest: Free spaces nearby, when it is not.
        unsure: What is not known because the payment service did not answer.
    """

    stage: str = WAITING
    page: view.Page = view.Page()
    guest: bool = False
    again: bool = False
    nearest: list[ui.Deed] = []
    topics: list[str] = []
    unsure: str = ""
    sign_in: str = routes.SIGN_IN

    @rx.event
    async def load(self) -> AsyncGenerator[EventSpec | None, None]:
        """Ask Stripe what became of a visit there, if there was one; then show the booking."""
        who = asking(self)
        self.stage, self.unsure, self.topics = WAITING, "", []
        self.guest = who.guest
        # A guest's address is their whole right, so nothing is made of it that stays in the page.
        self.sign_in = routes.SIGN_IN if who.guest else routes.sign_in(then=self.router.url.path)
        yield
        seen = await self._look(who)
        if seen is not None and seen.page.driving and seen.page.stage in _PAYABLE:
            await self._catch_up(who, seen.page)
            seen = await self._look(who)
        self._show(seen)
        if self.router.url.query_parameters:
            # What Stripe adds on the way back, a secret of the payment among it, is not kept.
            yield ui.rewrite_address(self.router.url.path)

    @rx.event
    async def refresh(self) -> None:
        """Read again: something changed, or a countdown ran out."""
        self._show(await self._look(asking(self)))

    async def _look(self, who: Asking) -> Seen | None:
        locale, now = locale_of(self.router.headers.accept_language), clock.utc_now()
        try:
            return await run(lambda session: look(session, who=who, locale=locale, now=now))
        except NotFound:
            return None

    async def _catch_up(self, who: Asking, page: view.Page) -> None:
        booking_id, now = named(who), clock.utc_now()
        try:
            await aside(lambda: cards.finish_card_page(booking_id=booking_id, now=now))
            if page.confirms:
                await aside(lambda: charges.refresh_charge(booking_id=booking_id, now=now))
        except Payment as error:
            self.unsure = words(error)

    def _show(self, seen: Seen | None) -> None:
        if seen is None:
            self.stage, self.page, self.topics = GONE, view.Page(), []
            return
        self.page, self.again, self.nearest = seen.page, seen.again, seen.nearest
        # A new ticket for a topic that is heard already would only interrupt the hearing.
        if [_bare(topic) for topic in self.topics] != [_bare(topic) for topic in seen.topics]:
            self.topics = seen.topics
        self.stage = FOUND


def _bare(topic: str) -> str:
    return topic.partition("~")[0]
