"""Reading the outbox."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, func, select

from parkplace.notifications.models import Email, EmailStatus


def mailbox(session: Session, *, limit: int = 100) -> Sequence[Email]:
    """Return the newest letters of everybody, newest first; for `/dev/mailbox` alone."""
    newest = select(Email).order_by(col(Email.created_at).desc(), col(Email.id).desc())
    return session.exec(newest.limit(limit)).all()


def waiting(session: Session) -> int:
    """Return how many letters wait in the outbox."""
    queued = select(func.count()).where(col(Email.status) == EmailStatus.QUEUED)
    return session.exec(queued).one()


def letter(session: Session, *, letter_id: UUID) -> Email | None:
    """Return one letter."""
    return session.get(Email, letter_id)
