"""The sign-in page: who is there already, and what became of what was typed."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.accounts.openid.client import label
from parkplace.accounts.openid.flow import person_cookie
from parkplace.accounts.openid.problems import NotBegunHere, OpenIdProblem, sentence
from parkplace.accounts.second_factor import SecondFactorNeeded, WrongCode
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import routes, ui
from parkplace.web.errors import words
from parkplace.web.pages.people.entering import (
    Way,
    came_back,
    goal_of,
    proven_code,
    signed_in_code,
    typed,
    ways,
)
from parkplace.web.run import aside
from parkplace.web.session import cookie, origin, visitor

WAITING, ASKING, KNOWN = "waiting", "asking", "known"
PROVING = "proving"  # back from a provider, and a code is still owed


class SignInState(rx.State):
    """Signing in.

    Attributes:
        stage: `waiting`, `asking`, `proving` for who is back from a provider and still owes a code,
            or `known` when somebody is signed in already.
        name: Who that is.
        through: Which provider somebody is back from.
        goal: Where to go on to.
        sign_up: The sign-up page, which goes on to the same place.
        another: This page without the step that is asked for.
        ways: The ways in through providers.
        needs_code: Whether the password was right, and a code must come with it.
        code_error: What is wrong with the code.
    """

    stage: str = WAITING
    name: str = ""
    goal: str = routes.MAP
    through: str = ""
    sign_up: str = routes.SIGN_UP
    another: str = routes.SIGN_IN
    ways: list[Way] = []
    needs_code: bool = False
    code_error: str = ""
    error: str = ""
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Look who is there, and where to go on to."""
        query = self.router.url.query_parameters
        self.error, self.code_error, self.pending = sentence(query.get("problem", "")), "", False
        self.needs_code = False
        self.goal = goal_of(self)
        self.sign_up, self.ways = routes.sign_up(then=self.goal), ways(then=self.goal)
        self.another = routes.sign_in(then=self.goal)
        user = await visitor(self)
        self.name = user.name if user else ""
        self.stage = KNOWN if user else ASKING
        if self.stage == ASKING and query.get("step") == "code":
            person = came_back(cookie(self, person_cookie()), now=clock.utc_now())
            self.stage = PROVING if person else ASKING
            self.through = label(person.provider) if person else ""
            self.error = "" if person else NotBegunHere.sentence

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Sign in and go on, ask for a code, or say that it cannot be."""
        given, where, goal = typed(form), origin(self), goal_of(self)
        self.pending, self.error, self.code_error = True, "", ""
        yield
        try:
            now = clock.utc_now()
            code = await aside(lambda: signed_in_code(given, origin=where, now=now))
        except SecondFactorNeeded:
            # What was typed stays in the browser's form, and comes again with the code.
            self.needs_code = True
            return
        except WrongCode as error:
            self.code_error = words(error)
            yield ui.focus("field-code")
            return
        except DomainError as error:
            self.error = words(error)
            yield ui.focus("field-password")
            return
        finally:
            self.pending = False
        yield ui.leave_for(routes.session(code, then=goal))

    @rx.event
    async def prove(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Sign in who is back from a provider and has a code, or say that it cannot be."""
        given, where, goal = typed(form), origin(self), goal_of(self)
        sealed = cookie(self, person_cookie())
        self.pending, self.error, self.code_error = True, "", ""
        yield
        try:
            now = clock.utc_now()
            code = await aside(lambda: proven_code(sealed, given, origin=where, now=now))
        except OpenIdProblem as error:
            self.stage, self.error = ASKING, words(error)
            return
        except DomainError as error:
            self.code_error = words(error)
            yield ui.focus("field-code")
            return
        finally:
            self.pending = False
        yield ui.leave_for(routes.session(code, then=goal))
