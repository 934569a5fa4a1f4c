"""Addresses that have to be verified first: saying so, and sending the letter again."""

from collections.abc import AsyncGenerator
from datetime import datetime

import reflex as rx
from reflex.event import EventSpec

from parkplace.accounts import guard
from parkplace.accounts.verification import EmailVerified
from parkplace.core import clock
from parkplace.core.db import transaction
from parkplace.notifications.account_letters import send_verification
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.run import aside
from parkplace.web.session import address, require_user, session_token
from parkplace.web.ui.kinds import Event, Text


class VerifyingState(rx.State):
    """The letter that verifies an address, asked for again."""

    pending: bool = False

    @rx.event
    async def resend(self) -> AsyncGenerator[EventSpec | None, None]:
        """Send the letter again to whoever is signed in."""
        token, where, now = session_token(self), address(self), clock.utc_now()
        self.pending = True
        yield
        try:
            await aside(lambda: resent(token, address=where, now=now))
        except EmailVerified as error:
            yield ui.toast(words(error))
            return
        finally:
            self.pending = False
        yield ui.toast("A letter is on its way. Press the button behind its link.")


def resent(token: str | None, *, address: str, now: datetime) -> None:
    """Send the letter that verifies an address again.

    It blocks: never call it on the event loop.

    Raises:
        SignedOut: Nobody is signed in.
        EmailVerified: It is verified already.
        TooMany: It was tried too often.
    """
    with transaction() as session:
        user = require_user(session, token)
    guard.account(user_id=user.id, address=address)
    quiet = not guard.letter("verify", email=user.email)
    with transaction() as session:
        send_verification(session, user=user, quiet=quiet, now=now)


def unverified(email: Text, *, why: str, again: Event) -> rx.Component:
    """Ask people to verify their address before they go on.

    Args:
        email: The address.
        why: What they can do then.
        again: Looks again whether it is verified.
    """
    return ui.empty(
        "Verify your address first",
        rx.fragment(
            "We sent a letter to ",
            rx.el.strong(email),
            ". Open its link and press the button there. ",
            why,
        ),
        ui.button("I have done it", kind="go", on_click=again),
        ui.button(
            "Send the letter again",
            on_click=VerifyingState.resend,
            pending=VerifyingState.pending,
        ),
    )
