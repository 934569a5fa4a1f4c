"""What only browsers need: the session cookie, and the door that a one-time code opens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from parkplace.accounts import sessions
from parkplace.accounts.sessions import SESSION_LASTS, CodeSpent
from parkplace.api.deps import (
    NowDep,
    OriginDep,
    is_same_site,
    require_our_pages,
    session_cookie,
)
from parkplace.core.db import transaction
from parkplace.core.links import local_path, sign_in_path
from parkplace.core.settings import get_settings
from parkplace.notifications.account_letters import signed_in

router = APIRouter(prefix="/auth", include_in_schema=False)

SEE_OTHER = 303


def set_cookie(response: Response, token: str) -> None:
    """Let the browser keep a session token where no script can read it."""
    settings = get_settings()
    response.set_cookie(
        settings.session_cookie,
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response) -> None:
    """Let the browser forget its session token."""
    settings = get_settings()
    response.delete_cookie(
        settings.session_cookie,
        path="/",
        secure=settings.secure_cookies,
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
        return _go(sign_in_path(then=goal))
    try:
        with transaction() as session:
            user = sessions.redeem_code(session, code=code, now=now)
            _, token = sessions.open_session(session, user=user, origin=origin, now=now)
            signed_in(session, user=user, origin=origin, now=now)
    except CodeSpent:
        return _go(sign_in_path(then=goal))
    answer = _go(goal)
    set_cookie(answer, token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the browser's session and go to the map."""
    token = session_cookie(request)
    if token is not None:
        require_our_pages(request)
        with transaction() as session:
            sessions.close_session(session, token=token)
    answer = _go("/")
    clear_cookie(answer)
    return answer


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(
        path, SEE_OTHER, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
