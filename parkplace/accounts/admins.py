"""Admins, as the operator makes them on the server's own command line."""

from datetime import datetime

from sqlmodel import Session

from parkplace.accounts import passwords
from parkplace.accounts.account_links import withdraw
from parkplace.accounts.audit import Action, note
from parkplace.accounts.emails import normalised
from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.revoking import end_sessions
from parkplace.accounts.service import register
from parkplace.accounts.strength import require_strong
from parkplace.accounts.verification import mark_verified


def needs_password(session: Session, *, email: str) -> bool:
    """Whether `create_admin` sets a password: there is no account whose address is verified.

    Raises:
        BadEmail: It is no address.
    """
    user = user_by_email(session, email=normalised(email))
    return user is None or user.email_verified_at is None


def create_admin(session: Session, *, email: str, name: str, password: str, now: datetime) -> User:
    """Make someone an admin, with a new account if the address has none.

    A verified account keeps its name and its password. One that was never verified may be anybody's
    who typed that address before its owner did: it gets the password given here, and whoever was
    signed in to it is out.

    Args:
        session: The open transaction.
        email: The address; the operator's word verifies it.
        name: What to call a person who has no account yet.
        password: See `needs_password`.
        now: The current instant.

    Raises:
        BadEmail, BadName, WeakPassword: As for `service.register`.
    """
    user = user_by_email(session, email=normalised(email))
    if user is None:
        user = register(session, email=email, name=name, password=password, now=now)
    elif user.email_verified_at is None:
        require_strong(password, about=(user.name, user.email))
        user.password_hash = passwords.hash_password(password)
        withdraw(session, user_id=user.id)
        end_sessions(session, user_id=user.id)
    mark_verified(session, user=user, actor=None, origin=HERE, now=now)
    _appoint(session, user, now=now)
    return user


def _appoint(session: Session, user: User, *, now: datetime) -> None:
    if user.is_admin:
        return
    user.is_admin = True
    session.add(user)
    note(
        session,
        action=Action.ADMIN_APPOINTED,
        actor=None,
        subject_id=user.id,
        origin=HERE,
        before={"is_admin": False},
        after={"is_admin": True},
        now=now,
    )
