"""Who is looking at a page, from the httpOnly cookie of the websocket's handshake."""

from http.cookies import CookieError, SimpleCookie

import reflex as rx
from sqlmodel import Session

from parkplace.accounts import sessions
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.sessions import SignedIn
from parkplace.bookings.access import Caller
from parkplace.core.clock import utc_now
from parkplace.core.errors import Forbidden
from parkplace.core.settings import get_settings
from parkplace.web.run import run


class SignedOut(Forbidden):
    """Raised when nobody is signed in, such as when a sign-in ended while a page was open."""

    code = "signed_out"


def session_token(state: rx.State) -> str | None:
    """Return the session token that the browser sent, if it sent one."""
    return cookie(state, get_settings().session_cookie)


def own_session(session: Session, token: str | None) -> SignedIn | None:
    """Return whose session a token opens, and which it is; None when nobody is signed in."""
    if token is None:
        return None
    moment = utc_now()
    found = sessions.who(session, token=token, now=moment)
    if found is not None:
        sessions.note_use(session, own=found, now=moment)
    return found


def signed_in(session: Session, token: str | None) -> User | None:
    """Return whose session a token opens; None when nobody is signed in."""
    found = own_session(session, token)
    return None if found is None else found.user


def require_user(session: Session, token: str | None) -> User:
    """Return whose session a token opens.

    Raises:
        SignedOut: Nobody is signed in.
    """
    return require_session(session, token).user


def require_session(session: Session, token: str | None) -> SignedIn:
    """Return whose session a token opens, and which it is.

    Raises:
        SignedOut: Nobody is signed in.
    """
    found = own_session(session, token)
    if found is None:
        raise SignedOut("You are signed out. Sign in again.")
    return found


def caller(session: Session, token: str | None) -> Caller:
    """Return who is asking, as services want to know it."""
    return Caller(user=signed_in(session, token))


async def visitor(state: rx.State) -> User | None:
    """Return who is looking at a page; None when nobody is signed in."""
    token = session_token(state)
    return None if token is None else await run(lambda session: signed_in(session, token))


def cookie(state: rx.State, name: str) -> str | None:
    """Return a cookie that the browser sent, if it sent one."""
    try:
        cookies = SimpleCookie(state.router.headers.cookie)
    except CookieError:
        return None
    found = cookies.get(name)
    return found.value if found is not None else None


def address(state: rx.State) -> str:
    """Return the network address of the person, for limits."""
    return state.router.session.client_ip


def origin(state: rx.State) -> Origin:
    """Return from where the person acts."""
    return Origin.of(address=address(state), device=state.router.headers.user_agent)
