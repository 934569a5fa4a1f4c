"""Whether somebody is signed in, which every account page asks first."""

import reflex as rx

from parkplace.web.session import visitor

WAITING, STRANGER, KNOWN, GONE = "waiting", "stranger", "known", "gone"


class AccountState(rx.State):
    """Who may see the account pages.

    Attributes:
        stage: `waiting` while a page reads, `known` when somebody is signed in, `stranger` when
            nobody is, and `gone` once the account was deleted here.
        ready: The address of the page that has been read; the others are not shown yet.
    """

    stage: str = WAITING
    ready: str = ""

    @rx.event
    async def begin(self) -> None:
        """Take away what was shown before: forms begin with what is read now."""
        self.stage, self.ready = WAITING, ""

    @rx.event
    async def load(self) -> None:
        """Look whether somebody is signed in."""
        self.stage = KNOWN if await visitor(self) else STRANGER
        self.ready = self.router.url.path.rstrip("/")

    @rx.event
    async def farewell(self) -> None:
        """Say that the account is deleted."""
        self.stage = GONE
