"""What only browsers need: the session cookie, and the door that a one-time code opens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from parkplace.accounts import sessions
from parkplace.accounts.openid import flow
from parkplace.accounts.sessions import SESSION_LASTS, CodeSpent
from parkplace.api.deps import (
    NowDep,
    OriginDep,
    is_same_site,
    require_our_pages,
    session_cookie,
)
from parkplace.bookings.joining import join_guest_bookings
from parkplace.core.db import transaction
from parkplace.core.links import local_path, sign_in_path
from parkplace.core.settings import get_settings
from parkplace.notifications.account_letters import signed_in

router = APIRouter(prefix="/auth", include_in_schema=False)

SEE_OTHER = 303


def set_cookie(response: Response, token: str) -> None:
    """Let the browser keep a session token where no script can read it."""
    lasts = int(SESSION_LASTS.total_seconds())
    remember(response, get_settings().session_cookie, token, seconds=lasts)


def clear_cookie(response: Response) -> None:
    """Let the browser forget its session token."""
    forget(response, get_settings().session_cookie)


def remember(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Let the browser keep something for a while where no script can read it."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=get_settings().secure_cookies,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, name: str) -> None:
    """Let the browser forget what `remember` gave it."""
    response.delete_cookie(
        name,
        path="/",
        secure=get_settings().secure_cookies,
        httponly=True,
        samesite="lax",
    )


@router.get("/session")
def open_session(
    request: Request,
    now: NowDep,
    origin: OriginDep,
    code: Annotated[str, Query(max_length=200)],
    then: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """Exchange a one-time code for the session cookie, and go on to a page of ours."""
    goal = local_path(then)
    # A link on another site must not sign somebody in to an account that is not theirs.
    if not is_same_site(request):
        return go(sign_in_path(then=goal))
    try:
        with transaction() as session:
            user = sessions.redeem_code(session, code=code, now=now)
            _, token = sessions.open_session(session, user=user, origin=origin, now=now)
            signed_in(session, user=user, origin=origin, now=now)
            join_guest_bookings(session, user=user, now=now)
    except CodeSpent:
        return go(sign_in_path(then=goal))
    answer = go(goal)
    set_cookie(answer, token)
    forget(answer, flow.person_cookie())
    return answer


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the browser's session and go to the map."""
    token = session_cookie(request)
    if token is not None:
        require_our_pages(request)
        with transaction() as session:
            sessions.close_session(session, token=token)
    answer = go("/")
    clear_cookie(answer)
    return answer


def go(path: str) -> RedirectResponse:
    """Send a browser on, telling nobody from where and letting nobody keep the answer."""
    return RedirectResponse(
        path, SEE_OTHER, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
