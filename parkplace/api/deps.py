"""Who is asking, from where, and when it is; taken from the request by every route that needs it.

Routes open `core.db.transaction()` themselves, inside the function, so that a commit that fails is
an error and never a 201. Who is asking is found before, by a statement of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from parkplace.accounts import sessions, tokens
from parkplace.accounts.manage_links import read_manage_token
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.sessions import SignedIn
from parkplace.accounts.tokens import SessionOver
from parkplace.api.errors import CrossSite, SignInNeeded
from parkplace.bookings.access import NOBODY, Caller
from parkplace.core.clock import utc_now
from parkplace.core.db import reading, transaction
from parkplace.core.settings import get_settings
from parkplace.front.origins import is_ours

_READING = {"GET", "HEAD", "OPTIONS"}
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="An access token of `auth/login`, or the manage token of a guest's booking.",
)
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def now() -> datetime:
    """Return the current instant."""
    return utc_now()


async def address(request: Request) -> str:
    """Return the network address of whoever is asking."""
    return request.client.host if request.client else "unknown"


async def origin(request: Request) -> Origin:
    """Return from where somebody is asking."""
    return Origin.of(address=await address(request), device=request.headers.get("user-agent", ""))


def session_cookie(request: Request) -> str | None:
    """Return the browser's session token, if there is one."""
    return request.cookies.get(get_settings().session_cookie)


def is_same_site(request: Request) -> bool:
    """Whether a request comes from our own pages, or from no page at all.

    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; programs
    say neither, and carry no cookies that others could misuse.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or is_ours(origin, host=request.headers.get("host"))


def came_from_our_pages(request: Request) -> bool:
    """Whether a request surely comes from our own pages; programs do not say where from."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and is_ours(origin, host=request.headers.get("host"))


def require_our_pages(request: Request) -> None:
    """Refuse a change that rides on the cookie but was not made on our pages (CSRF).

    Raises:
        CrossSite: Another site's page sent it, or a browser that does not say.
    """
    if not came_from_our_pages(request):
        raise CrossSite("This request did not come from our pages. Send a bearer token instead.")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asking, and by which session, if it is by one."""

    caller: Caller
    signed_in: SignedIn | None = None


async def asking(request: Request, bearer: BearerDep) -> Asking:
    """Return who is asking: by access token, by manage token, by cookie, or nobody.

    Raises:
        SessionOver: There is a token, and it opens nothing any more.
        CrossSite: The cookie came along with a change that another site's page sent.
    """
    if bearer is not None:
        managed = read_manage_token(bearer.credentials)
        if managed is not None:
            return Asking(Caller(manages=managed))
        holder = await run_in_threadpool(_holder, bearer.credentials)
        return Asking(Caller(user=holder.user), holder)
    cookie = session_cookie(request)
    if cookie is None:
        return Asking(NOBODY)
    if request.method not in _READING:
        require_our_pages(request)
    found = await run_in_threadpool(_browser, cookie)
    return Asking(NOBODY) if found is None else Asking(Caller(user=found.user), found)


AskingDep = Annotated[Asking, Depends(asking)]


async def caller(asking: AskingDep) -> Caller:
    """Return who is asking, as services want to know it."""
    return asking.caller


async def asked_by(request: Request) -> Caller:
    """Return who is asking, for routes that want to know it only now and then.

    Raises:
        As `asking` does.
    """
    return (await asking(request, await _bearer(request))).caller


def _holder(access_token: str) -> SignedIn:
    moment = utc_now()
    with reading() as session:
        found = tokens.bearer(session, access_token=access_token, now=moment)
    if found is None:
        raise SessionOver("This token opens nothing any more. Sign in again, or refresh it.")
    _note_use(found, moment)
    return found


def _browser(cookie: str) -> SignedIn | None:
    moment = utc_now()
    with reading() as session:
        found = sessions.who(session, token=cookie, now=moment)
    if found is not None:
        _note_use(found, moment)
    return found


def _note_use(own: SignedIn, moment: datetime) -> None:
    """Write down that a session is used, once a minute: most requests cost one statement."""
    if sessions.is_use_to_be_noted(own, now=moment):
        with transaction() as session:
            sessions.note_use(session, own=own, now=moment)


async def own_session(asking: AskingDep) -> SignedIn:
    """Return the account of whoever is asking, and the session they ask from.

    Raises:
        SignInNeeded: They are not signed in.
    """
    if asking.signed_in is None:
        raise SignInNeeded("Sign in first: send Authorization: Bearer with your access token.")
    return asking.signed_in


async def signed_in(own: Annotated[SignedIn, Depends(own_session)]) -> User:
    """Return the account of whoever is asking.

    Raises:
        SignInNeeded: They are not signed in.
    """
    return own.user


async def someone(asking: Annotated[Caller, Depends(caller)]) -> Caller:
    """Return who is asking, when it is somebody: an account, or a guest with a manage token.

    Raises:
        SignInNeeded: It is nobody.
    """
    if asking.user is None and asking.manages is None:
        raise SignInNeeded("Sign in first, or send the booking's manage token as Bearer.")
    return asking


NowDep = Annotated[datetime, Depends(now)]
AddressDep = Annotated[str, Depends(address)]
OriginDep = Annotated[Origin, Depends(origin)]
CallerDep = Annotated[Caller, Depends(caller)]
SomeoneDep = Annotated[Caller, Depends(someone)]
UserDep = Annotated[User, Depends(signed_in)]
SessionDep = Annotated[SignedIn, Depends(own_session)]
KeyDep = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeats with the same key and body get the first answer again.",
    ),
]
