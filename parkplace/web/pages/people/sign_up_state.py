"""The sign-up page: who is there already, and what became of what was typed."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.accounts.service import EmailTaken
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import routes, ui
from parkplace.web.errors import by_field
from parkplace.web.pages.people.entering import Way, goal_of, signed_up_code, typed, ways
from parkplace.web.pages.people.state import ASKING, KNOWN, WAITING
from parkplace.web.run import aside
from parkplace.web.session import address, visitor


class SignUpState(rx.State):
    """Signing up.

    Attributes:
        stage: `waiting`, `asking`, or `known` when somebody is signed in already.
        name: Who that is.
        goal: Where to go on to.
        sign_in: The sign-in page, which goes on to the same place.
        ways: The ways in through providers.
        taken: Whether the address has an account already.
    """

    stage: str = WAITING
    name: str = ""
    goal: str = routes.MAP
    sign_in: str = routes.SIGN_IN
    ways: list[Way] = []
    errors: dict[str, str] = {}
    taken: bool = False
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Look who is there, and where to go on to."""
        self.errors, self.taken, self.pending = {}, False, False
        self.goal = goal_of(self)
        self.sign_in, self.ways = routes.sign_in(then=self.goal), ways(then=self.goal)
        user = await visitor(self)
        self.name = user.name if user else ""
        self.stage = KNOWN if user else ASKING

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Make the account, sign in and go on, or say what is wrong."""
        if self.pending:
            return  # the account is made, and the browser is on its way
        given, where, goal = typed(form), address(self), goal_of(self)
        self.pending, self.errors, self.taken = True, {}, False
        yield
        try:
            now = clock.utc_now()
            code = await aside(lambda: signed_up_code(given, address=where, now=now))
        except DomainError as error:
            self.pending, self.errors = False, by_field(error)
            self.taken = isinstance(error, EmailTaken)
            if error.field:
                yield ui.focus(f"field-{error.field}")
            return
        except Exception:
            self.pending = False
            raise
        yield ui.leave_for(routes.session(code, then=goal))
