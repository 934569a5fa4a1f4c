"""Writing letters into the outbox, in the transaction of their cause."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, delete

from parkplace.accounts.emails import normalised
from parkplace.core.ids import new_id
from parkplace.notifications.compose import compose
from parkplace.notifications.messages import Message
from parkplace.notifications.models import Email, EmailStatus

KEPT_FOR = timedelta(days=30)


def queue(
    session: Session,
    *,
    message: Message,
    to: str,
    now: datetime,
    dedupe_key: str,
    locale: str = "en_US",
) -> None:
    """Write a letter that leaves if, and only if, the open transaction commits.

    Args:
        session: The open transaction.
        message: What to say.
        to: Whom to say it to, one address.
        now: The current instant.
        dedupe_key: Names the occasion, such as `ended:<booking id>`; a second letter for the same
            occasion is not written.
        locale: How the reader writes dates and money.

    Raises:
        BadEmail: `to` is no address.
    """
    address = normalised(to)
    written = compose(message, now=now, locale=locale)
    session.flush()
    session.exec(
        insert(Email)
        .values(
            id=new_id(),
            dedupe_key=dedupe_key,
            kind=message.kind,
            to_address=address,
            subject=written.subject,
            text=written.text,
            html=written.html,
            attachments=list(written.attachments),
            status=EmailStatus.QUEUED,
            attempts=0,
            due_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )


def tidy(session: Session, *, now: datetime) -> None:
    """Forget letters that left, or never will, a month ago: they hold addresses and links."""
    done = col(Email.status) != EmailStatus.QUEUED
    session.exec(delete(Email).where(done, col(Email.created_at) < now - KEPT_FOR))
