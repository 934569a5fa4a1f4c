"""The providers through which somebody signs in."""

from collections.abc import AsyncGenerator

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.accounts.openid import identities
from parkplace.accounts.openid.identities import IdentityNotFound
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.ids import read_id
from parkplace.notifications import openid
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.pages.account import view
from parkplace.web.run import run
from parkplace.web.session import origin, require_user, session_token, signed_in

DIALOG = "remove-way"


class WaysState(rx.State):
    """Ways in through providers.

    Attributes:
        ways: Which there are.
        asked: The one that may be taken away, while its person is asked.
    """

    ways: list[view.Way] = []
    asked: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the list."""
        self.asked = ""
        await self._look()

    @rx.event
    def ask(self, way: str) -> EventSpec:
        """Ask before one is taken away."""
        self.asked = str(way)
        return ui.open_dialog(DIALOG)

    @rx.event
    async def remove(self) -> AsyncGenerator[EventSpec | None, None]:
        """Take away the one that was asked about."""
        token, where, now = session_token(self), origin(self), clock.utc_now()
        wanted, self.asked = read_id(self.asked), ""

        def unlink(session: Session) -> None:
            user = require_user(session, token)
            if wanted is None:
                raise IdentityNotFound("There is no such way to sign in to your account.")
            openid.unlink(session, user=user, identity_id=wanted, origin=where, now=now)

        try:
            await run(unlink)
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        else:
            yield ui.toast("It opens your account no more.")
        await self._look()

    async def _look(self) -> None:
        token = session_token(self)

        def read(session: Session) -> list[view.Way]:
            user = signed_in(session, token)
            return [] if user is None else [*map(view.way, identities.of_user(session, user=user))]

        self.ways = await run(read)
