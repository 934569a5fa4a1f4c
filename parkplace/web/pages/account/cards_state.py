"""The cards that somebody keeps."""

from collections.abc import AsyncGenerator
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings.flows import wallet
from parkplace.core import clock, limits
from parkplace.core.errors import DomainError, Payment
from parkplace.core.ids import read_id
from parkplace.payments import methods
from parkplace.payments.methods import MethodNotFound
from parkplace.web import routes, ui
from parkplace.web.errors import words
from parkplace.web.pages.account import view
from parkplace.web.run import aside, run
from parkplace.web.session import require_user, session_token, signed_in, visitor

DIALOG = "remove-card"
ADD = "add-card"  # the button


class CardsState(rx.State):
    """Cards, the default first.

    Attributes:
        asked: The card that may be removed, while its person is asked.
        asked_label: What they know it by.
        unsure: What is not known because the payment service did not answer.
        busy: The card that waits for its answer; `add` while Stripe's page is opened.
    """

    cards: list[view.Card] = []
    asked: str = ""
    asked_label: str = ""
    unsure: str = ""
    busy: str = ""

    @rx.event
    async def load(self) -> AsyncGenerator[EventSpec | None, None]:
        """Ask Stripe what became of a visit there, if there was one; then read the list."""
        self.busy, self.asked, self.unsure = "", "", ""
        user = await visitor(self)
        if user is not None and await self._catch_up(user):
            yield ui.toast("Your card is saved.")
        if self.router.url.query_parameters:
            # What Stripe adds on the way back is not kept.
            yield ui.rewrite_address(routes.ACCOUNT_CARDS)
        await self._look()

    @rx.event
    async def add(self) -> AsyncGenerator[EventSpec | None, None]:
        """Go to the page where a card is saved."""
        token, now = session_token(self), clock.utc_now()
        self.busy = "add"
        yield
        try:
            user = await run(lambda session: require_user(session, token))
            limits.hit(limits.CARD_SETUP, str(user.id))
            page = await aside(lambda: wallet.open_card_page(user=user, now=now))
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        else:
            yield ui.leave_for(page)
        finally:
            self.busy = ""

    @rx.event
    async def make_default(self, card: str) -> AsyncGenerator[EventSpec | None, None]:
        """Offer this card first."""
        token, self.busy = session_token(self), str(card)
        yield

        def change(session: Session) -> None:
            user = require_user(session, token)
            methods.make_default(session, user=user, method_id=_id(card))

        try:
            await run(change)
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        finally:
            self.busy = ""
        await self._look()

    @rx.event
    def ask(self, card: str, label: str) -> EventSpec:
        """Ask before a card is removed."""
        self.asked, self.asked_label = str(card), str(label)
        return ui.open_dialog(DIALOG)

    @rx.event
    async def remove(self) -> AsyncGenerator[EventSpec | None, None]:
        """Forget the card that was asked about."""
        token, now, card = session_token(self), clock.utc_now(), self.asked
        self.busy, self.asked = card, ""
        yield
        try:
            user = await run(lambda session: require_user(session, token))
            await aside(lambda: wallet.forget(user=user, method_id=_id(card), now=now))
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        else:
            yield ui.toast("That card is removed.")
        finally:
            self.busy = ""
        await self._look()
        if all(one.id != card for one in self.cards):
            yield ui.focus(ADD)

    async def _catch_up(self, user: User) -> bool:
        now = clock.utc_now()
        try:
            return await aside(lambda: wallet.finish_card_page(user=user, now=now))
        except Payment as error:
            self.unsure = words(error)
            return False

    async def _look(self) -> None:
        token, now = session_token(self), clock.utc_now()

        def read(session: Session) -> list[view.Card]:
            user = signed_in(session, token)
            kept = [] if user is None else methods.of(session, user=user)
            return [view.card(one, now=now) for one in kept]

        self.cards = await run(read)


def _id(card: str) -> UUID:
    found = read_id(str(card))
    if found is None:
        raise MethodNotFound("You have no such card. Look at your cards again.")
    return found
