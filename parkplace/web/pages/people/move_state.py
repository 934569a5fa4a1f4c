"""The page on which an address agrees to an account's move, or stops it."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

import reflex as rx

from parkplace.accounts.account_links import CHANGES, LinkSpent
from parkplace.accounts.models import LinkPurpose
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web.errors import words
from parkplace.web.frame import FrameState
from parkplace.web.pages.people.letters import agree, look, stop, token_of
from parkplace.web.pages.people.reset_state import GONE
from parkplace.web.pages.people.state import ASKING, WAITING
from parkplace.web.run import aside
from parkplace.web.session import origin

STOPPED = "stopped"


class MoveState(rx.State):
    """An account's move to another address.

    Attributes:
        stage: `waiting`, `asking`, `gone` when the link is no good, `stopped`, or how far the move
            has come: a word of `accounts.addresses.Step` after `moved-`.
        email: The address that the account is to have.
        leaving: Whether the link came to the address that the account has now.
    """

    stage: str = WAITING
    email: str = ""
    leaving: bool = False
    error: str = ""
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Look at the link, and leave it as it is."""
        token, now = token_of(self), clock.utc_now()
        self.error, self.pending = "", False
        link = await aside(lambda: look(token, *CHANGES, now=now))
        self.stage, self.email = (ASKING, link.email) if link else (GONE, "")
        self.leaving = link is not None and link.purpose == LinkPurpose.CHANGE_OLD

    @rx.event
    async def agree(self) -> AsyncGenerator[Any, None]:
        """Agree, for the address that the link came to."""
        token, where, now = token_of(self), origin(self), clock.utc_now()
        async for event in self._press(lambda: f"moved-{agree(token, origin=where, now=now)}"):
            yield event

    @rx.event
    async def stop(self) -> AsyncGenerator[Any, None]:
        """Stop the move, and sign everybody out."""
        token, where, now = token_of(self), origin(self), clock.utc_now()

        def act() -> str:
            stop(token, origin=where, now=now)
            return STOPPED

        async for event in self._press(act):
            yield event

    async def _press(self, act: Callable[[], str]) -> AsyncGenerator[Any, None]:
        if self.pending or self.stage != ASKING:
            return
        self.pending, self.error = True, ""
        yield
        try:
            self.stage = await aside(act)
        except LinkSpent:
            self.stage = GONE
        except DomainError as error:
            self.error = words(error)
        finally:
            self.pending = False
        yield FrameState.load
