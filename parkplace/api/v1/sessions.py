"""Where one is signed in, and ending that."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from parkplace.accounts import guard, revoking
from parkplace.api.browser import clear_cookie
from parkplace.api.deps import AddressDep, NowDep, OriginDep, SessionDep
from parkplace.api.problems import problems
from parkplace.api.schemas.accounts import SessionOut, SessionsOut
from parkplace.api.schemas.common import PageIn, next_cursor, read_cursor
from parkplace.core.db import transaction

router = APIRouter(prefix="/auth/sessions", tags=["auth"])


@router.get("", responses=problems(401, 422, 429))
def listed(
    wanted: Annotated[PageIn, Query()], own: SessionDep, address: AddressDep, now: NowDep
) -> SessionsOut:
    """Return one's open sessions, of browsers and of programs, the newest first."""
    guard.account(user_id=own.user.id, address=address)
    with transaction() as session:
        found = revoking.sessions_of(
            session,
            user_id=own.user.id,
            now=now,
            after=read_cursor(wanted.cursor),
            limit=wanted.limit,
        )
    items = [SessionOut.of(opened, current=own.session_id) for opened in found]
    ids = [item.id for item in items]
    return SessionsOut(items=items, next_cursor=next_cursor(ids, wanted.limit))


@router.delete("/{session_id}", status_code=204, responses=problems(401, 403, 404, 422, 429))
def revoke(
    session_id: UUID, own: SessionDep, origin: OriginDep, response: Response, now: NowDep
) -> None:
    """End one of one's sessions; it opens nothing from now on. The one that asks may be it."""
    guard.account(user_id=own.user.id, address=origin.address)
    with transaction() as session:
        revoking.revoke(session, user=own.user, session_id=session_id, origin=origin, now=now)
    if session_id == own.session_id:
        clear_cookie(response)


@router.delete("", status_code=204, responses=problems(401, 403, 429))
def revoke_others(own: SessionDep, origin: OriginDep, now: NowDep) -> None:
    """End all of one's sessions but the one that asks."""
    guard.account(user_id=own.user.id, address=origin.address)
    with transaction() as session:
        revoking.revoke_others(session, user=own.user, kept=own.session_id, origin=origin, now=now)
