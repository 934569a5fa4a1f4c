"""Finding people."""

from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User


def user_by_email(session: Session, *, email: str) -> User | None:
    """Return the account with this address, in its `emails.normalised` spelling."""
    return session.exec(select(User).where(col(User.email) == email)).first()


def user_by_id(session: Session, *, user_id: UUID) -> User | None:
    """Return the account with this id."""
    return session.get(User, user_id)


def locked_user(session: Session, *, user_id: UUID) -> User | None:
    """Return the account with this id as it is now, locked until the transaction ends."""
    query = select(User).where(col(User.id) == user_id)
    return session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
