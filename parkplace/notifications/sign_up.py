"""Signing up: the account and its welcome, together or not at all."""

from datetime import datetime

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.service import register
from parkplace.notifications.account_letters import welcome


def sign_up(session: Session, *, email: str, name: str, password: str, now: datetime) -> User:
    """Make an account and queue its welcome; what doors call.

    Raises:
        BadEmail, BadName, WeakPassword, EmailTaken: As for `accounts.service.register`.
    """
    user = register(session, email=email, name=name, password=password, now=now)
    welcome(session, user=user, now=now)
    return user
