"""Letters leaving the outbox.

A letter is claimed and the claim committed before the mail server hears of it, so two senders
never hold the same one, and a sender that dies leaves it to be tried again. If it dies after the
server took the letter and before that was written down, the server gets it twice, with the same
Message-ID, Date and text: recognisably one letter.
"""

import time
from datetime import datetime, timedelta
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from parkplace.core.db import transaction
from parkplace.core.settings import get_settings
from parkplace.notifications.messages import ONE_TIME
from parkplace.notifications.models import Email, EmailStatus
from parkplace.notifications.smtp import TIMEOUT, Deferred, Mailer, Refused, Unreachable, server

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
MOST_ATTEMPTS = len(PAUSES) + 1
# Longer than the dozen steps of the slowest conversation.
CLAIM = timedelta(seconds=20 * TIMEOUT)
_ERROR = 500  # characters of a server's complaint that are kept


class _Policy(EmailPolicy):
    """Encodes a subject that is not ASCII as a whole.

    Where Python mixes plain and encoded words on folded lines, it adds and loses blanks
    (python/cpython#92081), and half the world's space titles are not ASCII.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as it travels."""
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode()


_POLICY = _Policy(linesep="\r\n")


def send_due(*, now: datetime, limit: int = 50) -> int:
    """Send the letters that are due, oldest first; return how many left the outbox.

    Without `SMTP_URL` nothing is sent: letters are marked as kept, to be read at `/dev/mailbox`.

    Args:
        now: The current instant.
        limit: How many to try at most.

    Raises:
        ValueError: `SMTP_URL` cannot be understood.
    """
    url = get_settings().smtp_url
    if url is None:
        return _keep(now=now)
    where, begun, sent = server(url.get_secret_value()), time.monotonic(), 0
    _give_up_lost(now=now)
    with Mailer(where) as mailer:
        for _ in range(limit):
            # Slow servers make a batch take a while; a claim counts from when it is made.
            moment = now + timedelta(seconds=time.monotonic() - begun)
            email = _claim(now=moment)
            if email is None:
                break
            try:
                sent += _try(mailer, email, where.sender or _our_sender(), now=moment)
            except Unreachable:
                break
    return sent


def _try(mailer: Mailer, email: Email, sender: Address, *, now: datetime) -> bool:
    try:
        mailer.send(_written(email, sender))
    except (Refused, ValueError, MessageError) as error:
        _failed(email, error)
        return False
    except Deferred as error:
        _put_off(email, error, now=now)
        if isinstance(error, Unreachable):
            raise
        return False
    _sent(email, now=now)
    return True


def _keep(*, now: datetime) -> int:
    with transaction() as session:
        return session.exec(
            update(Email)
            .where(col(Email.status) == EmailStatus.QUEUED, col(Email.due_at) <= now)
            .values(status=EmailStatus.KEPT)
        ).rowcount


def _give_up_lost(*, now: datetime) -> None:
    # Claimed for the last time by a sender that died: whatever kills senders stops here.
    with transaction() as session:
        session.exec(
            update(Email)
            .where(
                col(Email.status) == EmailStatus.QUEUED,
                col(Email.due_at) <= now,
                col(Email.attempts) >= MOST_ATTEMPTS,
            )
            .values(status=EmailStatus.FAILED, last_error="the sender was lost each time")
        )


def _claim(*, now: datetime) -> Email | None:
    with transaction() as session:
        email = session.exec(
            select(Email)
            .where(col(Email.status) == EmailStatus.QUEUED, col(Email.due_at) <= now)
            .order_by(col(Email.due_at), col(Email.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if email is not None:
            email.due_at = now + CLAIM
            email.attempts += 1
        return email


def _sent(email: Email, *, now: datetime) -> None:
    # True whoever else has claimed it since.
    with transaction() as session:
        gone = _without_links(email)
        _write(session, email, status=EmailStatus.SENT, sent_at=now, last_error=None, **gone)


def _failed(email: Email, error: Exception) -> None:
    with transaction() as session:
        still_mine = col(Email.attempts) == email.attempts
        complaint = str(error)[:_ERROR]
        gone = _without_links(email)
        _write(session, email, still_mine, status=EmailStatus.FAILED, last_error=complaint, **gone)


def _without_links(email: Email) -> dict[str, str]:
    """Return what stays of a letter whose link opens an account: tokens are kept as hashes only."""
    return {"text": "", "html": ""} if email.kind in ONE_TIME else {}


def _put_off(email: Email, error: Exception, *, now: datetime) -> None:
    if email.attempts >= MOST_ATTEMPTS:
        _failed(email, error)
        return
    with transaction() as session:
        still_mine = col(Email.attempts) == email.attempts
        again = now + PAUSES[email.attempts - 1]
        _write(session, email, still_mine, due_at=again, last_error=str(error)[:_ERROR])


def _write(
    session: Session, email: Email, *conditions: ColumnElement[bool], **values: object
) -> None:
    waiting = col(Email.status) == EmailStatus.QUEUED
    session.exec(
        update(Email).where(col(Email.id) == email.id, waiting, *conditions).values(**values)
    )


def _written(email: Email, sender: Address) -> EmailMessage:
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = sender
    letter["To"] = Address(addr_spec=email.to_address)
    letter["Subject"] = email.subject
    letter["Date"] = email.created_at
    letter["Message-ID"] = f"<{email.id}@{_our_host()}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(email.text)
    letter.add_alternative(email.html, subtype="html")
    for attached in email.attachments:
        _attach(letter, attached)
    return letter


def _attach(letter: EmailMessage, attached: dict[str, str]) -> None:
    kind, *options = (part.strip() for part in attached["content_type"].split(";"))
    subtype = kind.removeprefix("text/")
    params = dict(option.split("=", 1) for option in options)
    params.pop("charset", None)
    letter.add_attachment(
        attached["text"], subtype=subtype, filename=attached["filename"], params=params
    )


def _our_host() -> str:
    return urlsplit(get_settings().public_url).hostname or "localhost"


def _our_sender() -> Address:
    return Address("Park Place", "noreply", _our_host())
