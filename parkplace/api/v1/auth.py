"""Accounts: signing up, signing in and out."""

from fastapi import APIRouter, Request, Response

from parkplace.accounts import guard, refusals, sessions, tokens
from parkplace.accounts.service import sign_in
from parkplace.accounts.tokens import SessionOver
from parkplace.api.browser import clear_cookie, set_cookie
from parkplace.api.deps import (
    AddressDep,
    BearerDep,
    NowDep,
    OriginDep,
    came_from_our_pages,
    require_our_pages,
    session_cookie,
)
from parkplace.api.problems import problems
from parkplace.api.schemas.accounts import LoginIn, RefreshIn, RegisterIn, TokensOut, UserOut
from parkplace.bookings.joining import join_guest_bookings
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.notifications.account_letters import signed_in
from parkplace.notifications.renewal import renew
from parkplace.notifications.sign_up import sign_up
from parkplace.notifications.two_factor import prove

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201, responses=problems(409, 422, 429))
def register(body: RegisterIn, address: AddressDep, now: NowDep) -> UserOut:
    """Make an account. A welcome is sent to its address, with the link that verifies it."""
    limits.hit(limits.REGISTER, limits.network(address))
    with transaction() as session:
        user = sign_up(session, email=body.email, name=body.name, password=body.password, now=now)
        return UserOut.of(user)


@router.post("/login", responses=problems(403, 422, 429))
def login(
    *,
    body: LoginIn,
    request: Request,
    response: Response,
    origin: OriginDep,
    now: NowDep,
) -> TokensOut:
    """Sign in: tokens for a program, and the session cookie for a browser on our own pages.

    A wrong e-mail and a wrong password get the same answer. Where two-factor sign-in is on, the
    right password alone is answered with `second_factor_needed`: send it again, with `code`. A
    letter goes to the owner when it is from a device or a network not seen for 90 days.
    """
    with (
        guard.sign_in(email=body.email, address=origin.address),
        refusals.noted(email=body.email, origin=origin, now=now),
        transaction() as session,
    ):
        user = sign_in(session, email=body.email, password=body.password)
        prove(session, user=user, code=body.code, origin=origin, now=now)
        pair = tokens.issue(session, user=user, origin=origin, now=now)
        cookie = None
        if came_from_our_pages(request):
            _, cookie = sessions.open_session(session, user=user, origin=origin, now=now)
        signed_in(session, user=user, origin=origin, now=now)
        join_guest_bookings(session, user=user, now=now)
    if cookie is not None:
        set_cookie(response, cookie)
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(pair)


@router.post("/token/refresh", responses=problems(401, 422))
def refresh(body: RefreshIn, response: Response, origin: OriginDep, now: NowDep) -> TokensOut:
    """Exchange a refresh token for new tokens; each is good once.

    One that comes back after it was exchanged has been copied: its whole session ends, and its
    owner gets a letter.
    """
    with transaction() as session:
        pair = renew(session, refresh_token=body.refresh_token, origin=origin, now=now)
    if pair is None:
        raise SessionOver("This refresh token opens nothing any more. Sign in again.")
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(pair)


@router.post("/logout", status_code=204, responses=problems(403))
def logout(request: Request, response: Response, bearer: BearerDep, now: NowDep) -> None:
    """Sign out: the session of the access token, or of the cookie, ends. Twice is no error."""
    cookie = session_cookie(request)
    if bearer is None and cookie is not None:
        require_our_pages(request)
    with transaction() as session:
        if bearer is not None:
            tokens.close(session, access_token=bearer.credentials, now=now)
        elif cookie is not None:
            sessions.close_session(session, token=cookie)
    clear_cookie(response)
