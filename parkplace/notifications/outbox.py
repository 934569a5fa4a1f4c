"""Writing letters into the outbox, in the transaction of their cause."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, delete, select

from parkplace.accounts.emails import is_no_address, normalised
from parkplace.accounts.models import HourCycle, OptionalLetter, User
from parkplace.core.ids import new_id
from parkplace.notifications.compose import compose
from parkplace.notifications.messages import Message
from parkplace.notifications.models import Email, EmailStatus

KEPT_FOR = timedelta(days=30)
DEFAULT_LOCALE = "en_US"
_OPTIONAL = frozenset(OptionalLetter)


@dataclass(frozen=True, slots=True)
class _Reader:
    """How somebody reads letters, and which kinds they do without."""

    locale: str = DEFAULT_LOCALE
    hours: HourCycle = HourCycle.AUTO
    muted: frozenset[str] = frozenset()


def queue(
    session: Session,
    *,
    message: Message,
    to: str,
    now: datetime,
    dedupe_key: str,
    locale: str | None = None,
    essential: bool = False,
) -> None:
    """Write a letter that leaves if, and only if, the open transaction commits.

    Whoever has an account gets it as they read, and may have switched this kind off. To somebody
    who was forgotten nothing is written.

    Args:
        session: The open transaction.
        message: What to say.
        to: Whom to say it to, one address.
        now: The current instant.
        dedupe_key: Names the occasion, such as `ended:<booking id>`; a second letter for the same
            occasion is not written.
        locale: How the reader writes dates and money; None is as their account says.
        essential: Whether it is written even to somebody who does without such letters, because
            what it carries cannot be had elsewhere.

    Raises:
        BadEmail: `to` is no address.
    """
    if is_no_address(to):
        return
    address = normalised(to)
    session.flush()
    reader = _reader(session, address)
    if message.kind in reader.muted and not essential:
        return
    written = compose(message, now=now, locale=locale or reader.locale, hours=reader.hours)
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


def _reader(session: Session, address: str) -> _Reader:
    """Return how an address reads, and what it does without; nobody's has every letter."""
    query = select(User.locale, User.hour_cycle, User.muted_letters)
    found = session.exec(query.where(col(User.email) == address)).first()
    if found is None:
        return _Reader()
    locale, hours, muted = found
    # Whatever the row may say, nobody does without what is not optional.
    return _Reader(locale or DEFAULT_LOCALE, HourCycle(hours), _OPTIONAL.intersection(muted))


def tidy(session: Session, *, now: datetime) -> None:
    """Forget letters that left, or never will, a month ago: they hold addresses and links."""
    done = col(Email.status) != EmailStatus.QUEUED
    session.exec(delete(Email).where(done, col(Email.created_at) < now - KEPT_FOR))
