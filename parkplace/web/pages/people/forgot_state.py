"""The page for who has forgotten their password."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import ui
from parkplace.web.errors import by_field
from parkplace.web.pages.people.letters import ask_reset
from parkplace.web.pages.people.state import ASKING, WAITING
from parkplace.web.run import aside
from parkplace.web.session import origin

SENT = "sent"


class ForgotState(rx.State):
    """Asking for a link; what is said then is the same for every address.

    Attributes:
        stage: `waiting`, `asking`, or `sent`.
        email: The address that was typed.
    """

    stage: str = WAITING
    email: str = ""
    errors: dict[str, str] = {}
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Ask for the address."""
        self.stage, self.email, self.errors, self.pending = ASKING, "", {}, False

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Send the link, if there is an account to send it to."""
        email, where, now = str(form.get("email", "")), origin(self), clock.utc_now()
        self.pending, self.errors = True, {}
        yield
        try:
            await aside(lambda: ask_reset(email, origin=where, now=now))
        except DomainError as error:
            self.errors = by_field(error)
            yield ui.focus("field-email")
            return
        finally:
            self.pending = False
        self.email, self.stage = email.strip(), SENT
