"""Entering: what was typed becomes a one-time code, which the browser exchanges for its cookie."""

from dataclasses import dataclass, field
from datetime import datetime

import reflex as rx

from parkplace.accounts import guard, refusals, service, sessions
from parkplace.accounts.origin import Origin
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.links import local_path
from parkplace.notifications.sign_up import sign_up
from parkplace.web import routes


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed; the password is kept out of every print."""

    email: str
    password: str = field(repr=False)
    name: str = ""


def typed(form: dict[str, object]) -> Typed:
    """Return what a form carries; whatever is missing is empty."""
    email, password, name = (str(form.get(key, "")) for key in ("email", "password", "name"))
    return Typed(email=email, password=password, name=name)


def goal_of(state: rx.State) -> str:
    """Return where to go on to afterwards: the address's `then`, if it is a page of ours."""
    goal = local_path(state.router.url.query_parameters.get("then", ""))
    # These two would only ask again.
    return routes.MAP if goal.startswith((routes.SIGN_IN, routes.SIGN_UP)) else goal


def signed_in_code(typed: Typed, *, origin: Origin, now: datetime) -> str:
    """Return a code for the account that an e-mail address and a password open.

    It blocks: never call it on the event loop.

    Raises:
        WrongCredentials: They do not belong together.
        TooMany: It was tried too often.
    """
    with (
        guard.sign_in(email=typed.email, address=origin.address),
        refusals.noted(email=typed.email, origin=origin, now=now),
        transaction() as session,
    ):
        user = service.sign_in(session, email=typed.email, password=typed.password)
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
