"""The page on which somebody chooses a new password."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.accounts.account_links import LinkSpent
from parkplace.accounts.models import LinkPurpose
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import ui
from parkplace.web.errors import by_field
from parkplace.web.frame import FrameState
from parkplace.web.pages.people.letters import look, reset, token_of
from parkplace.web.pages.people.state import ASKING, WAITING
from parkplace.web.run import aside
from parkplace.web.session import origin

DONE, GONE = "done", "gone"


class ResetState(rx.State):
    """A new password, for who has the link.

    Attributes:
        stage: `waiting`, `asking`, `done`, or `gone` when the link is no good.
        email: The account's address, which password managers want to know.
    """

    stage: str = WAITING
    email: str = ""
    errors: dict[str, str] = {}
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Look at the link, and leave it as it is."""
        token, now = token_of(self), clock.utc_now()
        self.errors, self.pending = {}, False
        link = await aside(lambda: look(token, LinkPurpose.RESET, now=now))
        self.stage, self.email = (ASKING, link.email) if link else (GONE, "")

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Change the password, which signs everybody out."""
        if self.pending or self.stage != ASKING:
            return
        token, where, now = token_of(self), origin(self), clock.utc_now()
        password = str(form.get("password", ""))
        self.pending, self.errors = True, {}
        yield
        try:
            await aside(lambda: reset(token, password, origin=where, now=now))
        except LinkSpent:
            self.stage = GONE
            return
        except DomainError as error:
            self.errors = by_field(error)
            yield _focus()
            return
        finally:
            self.pending = False
        self.stage = DONE
        yield FrameState.load


def _focus() -> EventSpec:
    return ui.focus("field-password")
