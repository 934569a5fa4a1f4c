"""Entering: what was typed becomes a one-time code, which the browser exchanges for its cookie."""

from dataclasses import dataclass, field
from datetime import datetime

import reflex as rx

from parkplace.accounts import guard, refusals, service, sessions
from parkplace.accounts.openid import client, flow
from parkplace.accounts.openid.client import Person
from parkplace.accounts.openid.problems import NotBegunHere
from parkplace.accounts.origin import Origin
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.links import local_path
from parkplace.notifications import openid
from parkplace.notifications.sign_up import sign_up
from parkplace.notifications.two_factor import prove
from parkplace.web import routes


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed; the password and the code are kept out of every print."""

    email: str
    password: str = field(repr=False)
    name: str = ""
    code: str = field(default="", repr=False)


def typed(form: dict[str, object]) -> Typed:
    """Return what a form carries; whatever is missing is empty."""
    names = ("email", "password", "name", "code")
    email, password, name, code = (str(form.get(key, "")) for key in names)
    return Typed(email=email, password=password, name=name, code=code)


@dataclass(frozen=True, slots=True)
class Way:
    """Another way in: what its link says, and where it leads."""

    label: str
    href: str


def ways(*, then: str) -> list[Way]:
    """Return the ways in through providers; each goes on to the path `then`."""
    return [
        Way(f"Continue with {way.config.label}", routes.openid(way.name, then=then))
        for way in client.providers()
    ]


def goal_of(state: rx.State) -> str:
    """Return where to go on to afterwards: the address's `then`, if it is a page of ours."""
    goal = local_path(state.router.url.query_parameters.get("then", ""))
    # These two would only ask again.
    return routes.MAP if goal.startswith((routes.SIGN_IN, routes.SIGN_UP)) else goal


def signed_in_code(typed: Typed, *, origin: Origin, now: datetime) -> str:
    """Return a code for the account that an e-mail address, a password and a code open.

    It blocks: never call it on the event loop.

    Raises:
        WrongCredentials: They do not belong together.
        SecondFactorNeeded, WrongCode: They do, and two-factor sign-in is on.
        TooMany: It was tried too often.
    """
    with (
        guard.sign_in(email=typed.email, address=origin.address),
        refusals.noted(email=typed.email, origin=origin, now=now),
        transaction() as session,
    ):
        user = service.sign_in(session, email=typed.email, password=typed.password)
        prove(session, user=user, code=typed.code, origin=origin, now=now)
        return sessions.issue_code(session, user_id=user.id, now=now)


def came_back(sealed: str | None, *, now: datetime) -> Person | None:
    """Return who came back from a provider in this browser and still owes a code."""
    try:
        return flow.kept(sealed, now=now)
    except NotBegunHere:
        return None


def proven_code(sealed: str | None, typed: Typed, *, origin: Origin, now: datetime) -> str:
    """Return a code for the account that a provider's word and a code open.

    It blocks: never call it on the event loop.

    Raises:
        NotBegunHere: The provider's word is older than ten minutes.
        SecondFactorNeeded, WrongCode, TooMany: It takes another code.
        OpenIdProblem, AccountSuspended: The account is not theirs any more.
    """
    person = flow.kept(sealed, now=now)
    with transaction() as session:
        user = openid.sign_in(session, person=person, code=typed.code, origin=origin, now=now)
        return sessions.issue_code(session, user_id=user.id, now=now)


def signed_up_code(typed: Typed, *, address: str, now: datetime) -> str:
    """Make an account, queue its welcome, and return a code for it.

    It blocks: never call it on the event loop.

    Raises:
        BadEmail, BadName, WeakPassword, EmailTaken: As for `accounts.service.register`.
        TooMany: Too many accounts were made from this network.
    """
    limits.hit(limits.REGISTER, limits.network(address))
    with transaction() as session:
        user = sign_up(
            session, email=typed.email, name=typed.name, password=typed.password, now=now
        )
        return sessions.issue_code(session, user_id=user.id, now=now)
