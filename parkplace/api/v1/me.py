"""One's own account: reading it, and changing what is said in it."""

from datetime import datetime

from fastapi import APIRouter, Response
from sqlmodel import Session

from parkplace.accounts import guard, profiles
from parkplace.accounts.models import User
from parkplace.accounts.queries import locked_user
from parkplace.api.deps import AddressDep, NowDep, OriginDep, UserDep
from parkplace.api.errors import SignInNeeded
from parkplace.api.etags import IfMatchDep, require_match, tag, tagged
from parkplace.api.problems import problems
from parkplace.api.schemas.accounts import MeIn, UserOut
from parkplace.core.db import transaction
from parkplace.notifications.account_letters import change_email
from parkplace.spaces.hosting import become_host, stop_hosting

router = APIRouter(prefix="/auth/me", tags=["auth"])


@router.get("", responses=problems(401, 429))
def me(user: UserDep, address: AddressDep, response: Response) -> UserOut:
    """Return the account that is signed in."""
    guard.account(user_id=user.id, address=address)
    return _tagged(user, response)


@router.patch("", responses=problems(401, 403, 404, 409, 412, 422, 429))
def change(
    *,
    body: MeIn,
    user: UserDep,
    origin: OriginDep,
    response: Response,
    wanted: IfMatchDep,
    now: NowDep,
) -> UserOut:
    """Change one's profile, become a host or stop being one, or begin to move to another address.

    A new `email` is not in the answer: letters go to the old and the new address, and the account
    moves when both have agreed. The answer is the same whether or not the new one has an account.
    """
    guard.account(user_id=user.id, address=origin.address)
    moves = body.email is not None and guard.change_email(
        user_id=user.id, email=body.email, address=origin.address
    )
    with transaction() as session:
        own = locked_user(session, user_id=user.id)
        if own is None:
            raise SignInNeeded("This account is gone. Sign in again.")
        require_match(wanted, tag(UserOut.of(own)))
        _change(session, own, body, now=now)
        if body.email is not None:
            change_email(
                session, user=own, email=body.email, quiet=not moves, origin=origin, now=now
            )
        return _tagged(own, response)


def _change(session: Session, user: User, body: MeIn, *, now: datetime) -> None:
    profiles.change(session, user=user, changes=body.changes(), now=now)
    if body.is_host is not None:
        decide = become_host if body.is_host else stop_hosting
        decide(session, user=user)


def _tagged(user: User, response: Response) -> UserOut:
    return tagged(response, UserOut.of(user))
