"""Signing in through an OpenID provider as doors call it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.audit import Action
from parkplace.accounts.models import User
from parkplace.accounts.openid import identities
from parkplace.accounts.openid.client import Person, label
from parkplace.accounts.openid.identities import News
from parkplace.accounts.origin import Origin
from parkplace.notifications import two_factor
from parkplace.notifications.safety import record


def sign_in(
    session: Session, *, person: Person, code: str | None, origin: Origin, now: datetime
) -> User:
    """Return the account of somebody whom a provider vouches for, once they are let in.

    Where two-factor sign-in is on, a code is asked for here as everywhere; until it comes nothing
    is joined or made, as raising rolls all of it back.

    Raises:
        AccountSuspended, EmailUnconfirmed, AccountUnconfirmed, TwoAtOnce: See `identities.enter`.
        SecondFactorNeeded, WrongCode, TooMany: See `second_factor.prove`.
    """
    entered = identities.enter(session, person=person, now=now)
    user = entered.user
    two_factor.prove(session, user=user, code=code, origin=origin, now=now)
    if entered.news is not News.NOTHING:
        linked = entered.news is News.LINKED
        record(
            session,
            user=user,
            action=Action.IDENTITY_LINKED if linked else Action.ACCOUNT_OPENED,
            origin=origin,
            actor=user,
            detail=label(person.provider),
            after={"provider": person.provider},
            now=now,
        )
    return user


def unlink(
    session: Session, *, user: User, identity_id: UUID, origin: Origin, now: datetime
) -> None:
    """Let a provider no longer open somebody's account, and tell them.

    Raises:
        IdentityNotFound, OnlyWayIn: See `identities.unlink`.
    """
    gone = identities.unlink(session, user=user, identity_id=identity_id)
    record(
        session,
        user=user,
        action=Action.IDENTITY_UNLINKED,
        origin=origin,
        actor=user,
        detail=label(gone.provider),
        after={"provider": gone.provider},
        now=now,
    )
