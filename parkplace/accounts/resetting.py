"""New passwords: with a link from a letter, or with the one that a person has."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts import passwords
from parkplace.accounts.account_links import spend, withdraw
from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import LinkPurpose, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.ownership import WrongPassword
from parkplace.accounts.queries import locked_user
from parkplace.accounts.revoking import end_sessions
from parkplace.accounts.strength import require_strong
from parkplace.accounts.verification import mark_verified


def reset_password(
    session: Session, *, token: str, password: str, origin: Origin, now: datetime
) -> User:
    """Give a link's account another password and end all its sessions; return the account.

    Whoever has the link has read the letter, so the address is verified by it. Whatever else was
    under way, such as a change of address, ends with it.

    Raises:
        LinkSpent: See `account_links.spend`.
        WeakPassword: The link stays good for another try.
    """
    _, user = spend(session, token=token, purposes={LinkPurpose.RESET}, now=now)
    _set(session, user=user, password=password, origin=origin, now=now)
    mark_verified(session, user=user, actor=user, origin=origin, now=now)
    withdraw(session, user_id=user.id)
    end_sessions(session, user_id=user.id)
    return user


def change_password(
    session: Session,
    *,
    user_id: UUID,
    current: str,
    new: str,
    kept: UUID,
    origin: Origin,
    now: datetime,
) -> User:
    """Give somebody who is signed in another password, and end their other sessions.

    Args:
        session: The open transaction.
        user_id: Who it is.
        current: The password they have; who has none gets one with a link.
        new: The password they want.
        kept: The session they ask from.
        origin: From where.
        now: The current instant.

    Raises:
        WrongPassword: `current` is not it.
        WeakPassword: `new` is easy to guess.
    """
    user = locked_user(session, user_id=user_id)
    if user is None or not passwords.verify(current, user.password_hash):
        raise WrongPassword(
            "This is not your password. Check it, or choose a new one with a link by e-mail.",
            field="current",
        )
    _set(session, user=user, password=new, origin=origin, now=now)
    withdraw(session, user_id=user.id, purposes={LinkPurpose.RESET})
    end_sessions(session, user_id=user.id, kept=kept)
    return user


def _set(session: Session, *, user: User, password: str, origin: Origin, now: datetime) -> None:
    require_strong(password, about=(user.name, user.email))
    user.password_hash = passwords.hash_password(password)
    session.add(user)
    action = Action.PASSWORD_CHANGED
    note(session, action=action, actor=user, subject_id=user.id, origin=origin, now=now)
