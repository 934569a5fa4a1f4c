"""The page on which somebody says that an address is theirs."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from parkplace.accounts.account_links import LinkSpent
from parkplace.accounts.models import LinkPurpose
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web.errors import words
from parkplace.web.pages.people.letters import look, token_of, verify
from parkplace.web.pages.people.reset_state import DONE, GONE
from parkplace.web.pages.people.state import ASKING, WAITING
from parkplace.web.run import aside
from parkplace.web.session import origin


class VerifyState(rx.State):
    """An address, and the button that verifies it.

    Attributes:
        stage: `waiting`, `asking`, `done`, or `gone` when the link is no good.
        email: The address.
    """

    stage: str = WAITING
    email: str = ""
    error: str = ""
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Look at the link, and leave it as it is."""
        token, now = token_of(self), clock.utc_now()
        self.error, self.pending = "", False
        link = await aside(lambda: look(token, LinkPurpose.VERIFY, now=now))
        self.stage, self.email = (ASKING, link.email) if link else (GONE, "")

    @rx.event
    async def press(self) -> AsyncGenerator[Any, None]:
        """Verify the address."""
        if self.pending or self.stage != ASKING:
            return
        token, where, now = token_of(self), origin(self), clock.utc_now()
        self.pending, self.error = True, ""
        yield
        try:
            await aside(lambda: verify(token, origin=where, now=now))
        except LinkSpent:
            self.stage = GONE
            return
        except DomainError as error:
            self.error = words(error)
            return
        finally:
            self.pending = False
        self.stage = DONE
