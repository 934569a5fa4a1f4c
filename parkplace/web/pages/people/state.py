"""The sign-in page: who is there already, and what became of what was typed."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import routes, ui
from parkplace.web.errors import words
from parkplace.web.pages.people.entering import goal_of, signed_in_code, typed
from parkplace.web.run import aside
from parkplace.web.session import origin, visitor

WAITING, ASKING, KNOWN = "waiting", "asking", "known"


class SignInState(rx.State):
    """Signing in.

    Attributes:
        stage: `waiting`, `asking`, or `known` when somebody is signed in already.
        name: Who that is.
        goal: Where to go on to.
        sign_up: The sign-up page, which goes on to the same place.
    """

    stage: str = WAITING
    name: str = ""
    goal: str = routes.MAP
    sign_up: str = routes.SIGN_UP
    error: str = ""
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Look who is there, and where to go on to."""
        self.error, self.pending = "", False
        self.goal = goal_of(self)
        self.sign_up = routes.sign_up(then=self.goal)
        user = await visitor(self)
        self.name = user.name if user else ""
        self.stage = KNOWN if user else ASKING

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Sign in and go on, or say that it cannot be."""
        given, where, goal = typed(form), origin(self), goal_of(self)
        self.pending, self.error = True, ""
        yield
        try:
            now = clock.utc_now()
            code = await aside(lambda: signed_in_code(given, origin=where, now=now))
        except DomainError as error:
            self.error = words(error)
            yield ui.focus("field-password")
            return
        finally:
            self.pending = False
        yield ui.leave_for(routes.session(code, then=goal))
