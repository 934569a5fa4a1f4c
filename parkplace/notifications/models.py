"""The outbox: e-mails written in the same transaction as their cause, sent afterwards."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp


class EmailStatus(StrEnum):
    """How far an e-mail has come."""

    QUEUED = "queued"
    SENT = "sent"
    KEPT = "kept"  # no mail server is configured: the developer reads it at /dev/mailbox
    FAILED = "failed"


class Email(Row, table=True):
    """One e-mail to one person; `dedupe_key` makes writing it twice harmless.

    Behind the first colon of the key stands what the letter is about, mostly an id: so letters are
    found that name somebody who is to be forgotten.

    `attachments` is a list of `{"filename", "content_type", "text"}`.
    """

    __tablename__ = "emails"
    __table_args__ = (
        one_of("status", EmailStatus),
        Index("ix_emails_due", "due_at", postgresql_where=text("status = 'queued'")),
        Index("ix_emails_to", "to_address", "id"),
        Index("ix_emails_about", text("split_part(dedupe_key, ':', 2)")),
    )

    id: UUID = key()
    dedupe_key: str = Field(unique=True)
    kind: str
    to_address: str
    subject: str
    text: str
    html: str
    attachments: list[dict[str, str]] = json_column()
    status: str = EmailStatus.QUEUED
    attempts: int = 0
    due_at: datetime = timestamp()
    created_at: datetime = timestamp(index=True)
    sent_at: datetime | None = timestamp(optional=True)
    last_error: str | None = None
