"""People with and without passwords, for tests that stand below spaces and bookings."""

from datetime import UTC, datetime

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.service import register

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
PASSWORD = "plum harbour trellis nine"


def signed_up(session: Session, name: str) -> User:
    """Someone who can sign in with `PASSWORD`."""
    email = f"{name.lower()}@example.com"
    return register(session, email=email, name=name, password=PASSWORD, now=NOW)


def person(session: Session, name: str) -> User:
    """Someone with an account whose password nobody knows."""
    user = User(email=f"{name.lower()}@example.com", name=name, password_hash="!", created_at=NOW)
    session.add(user)
    session.flush()
    return user
