"""Who is asking, from where, and when it is; taken from the request by every route that needs it.

Routes open `core.db.transaction()` themselves, inside the function, so that a commit that fails is
an error and never a 201. Who is asking is found in a transaction of its own before.
"""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from parkplace.accounts import sessions, tokens
from parkplace.accounts.manage_links import read_manage_token
from parkplace.accounts.models import User
from parkplace.accounts.tokens import SessionOver
from parkplace.api.errors import CrossSite, SignInNeeded
from parkplace.bookings.access import NOBODY, Caller
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from parkplace.core.settings import get_settings

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


async def device(request: Request) -> str:
    """Return what the asking program says it is."""
    return request.headers.get("user-agent", "")


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
    return origin is None or _is_ours(origin, request)


def _came_from_our_pages(request: Request) -> bool:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and _is_ours(origin, request)


def _is_ours(origin: str, request: Request) -> bool:
    host = urlsplit(origin).netloc
    return host in {request.headers.get("host"), urlsplit(get_settings().public_url).netloc}


def require_our_pages(request: Request) -> None:
    """Refuse a change that rides on the cookie but was not made on our pages (CSRF).

    Raises:
        CrossSite: Another site's page sent it, or a browser that does not say.
    """
    if not _came_from_our_pages(request):
        raise CrossSite("This request did not come from our pages. Send a bearer token instead.")


async def caller(request: Request, bearer: BearerDep) -> Caller:
    """Return who is asking: by access token, by manage token, by cookie, or nobody.

    Raises:
        SessionOver: There is a token, and it opens nothing any more.
        CrossSite: The cookie came along with a change that another site's page sent.
    """
    if bearer is not None:
        managed = read_manage_token(bearer.credentials)
        if managed is not None:
            return Caller(manages=managed)
        return Caller(user=await run_in_threadpool(_holder, bearer.credentials))
    cookie = session_cookie(request)
    if cookie is None:
        return NOBODY
    if request.method not in _READING:
        require_our_pages(request)
    return Caller(user=await run_in_threadpool(_browser, cookie))


async def asked_by(request: Request) -> Caller:
    """Return who is asking, for routes that want to know it only now and then.

    Raises:
        As `caller` does.
    """
    return await caller(request, await _bearer(request))


def _holder(access_token: str) -> User:
    moment = utc_now()
    with transaction() as session:
        user = tokens.bearer(session, access_token=access_token, now=moment)
    if user is None:
        raise SessionOver("This token opens nothing any more. Sign in again, or refresh it.")
    return user


def _browser(cookie: str) -> User | None:
    moment = utc_now()
    with transaction() as session:
        return sessions.who(session, token=cookie, now=moment)


async def signed_in(asking: Annotated[Caller, Depends(caller)]) -> User:
    """Return the account of whoever is asking.

    Raises:
        SignInNeeded: They are not signed in.
    """
    if asking.user is None:
        raise SignInNeeded("Sign in first: send Authorization: Bearer with your access token.")
    return asking.user


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
DeviceDep = Annotated[str, Depends(device)]
CallerDep = Annotated[Caller, Depends(caller)]
SomeoneDep = Annotated[Caller, Depends(someone)]
UserDep = Annotated[User, Depends(signed_in)]
KeyDep = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeats with the same key and body get the first answer again.",
    ),
]
