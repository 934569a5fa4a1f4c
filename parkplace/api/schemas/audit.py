"""The shapes of the audit log."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field

from parkplace.accounts.audit import Action
from parkplace.accounts.models import AuditEntry, User
from parkplace.api.schemas.common import BadCursor, InstantOut, Out, PageIn

_DIGITS = 18  # more than there will ever be entries, and less than the database's integers hold


class AuditIn(PageIn):
    """Which part of the log."""

    subject_id: UUID | None = Field(None, description="What was done to, or by, this account.")
    action: Action | None = None


class OwnAuditIn(PageIn):
    """Which part of one's own log."""


class EntryOut(Out):
    """What was done, by whom, to whom, when, and from which range of addresses."""

    id: int
    at: InstantOut
    action: str
    actor_id: UUID | None
    subject_id: UUID | None
    network: str
    device: str
    before: dict[str, object] | None
    after: dict[str, object] | None

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return an entry in the shape that admins see."""
        return cls.model_validate(entry)

    @classmethod
    def own(cls, entry: AuditEntry, *, reader: User) -> Self:
        """Return an entry as the person sees it: of others they learn neither who nor where."""
        shown = cls.of(entry)
        if entry.actor_id in {reader.id, None}:
            return shown
        return shown.model_copy(update={"actor_id": None, "network": "", "device": ""})


class EntriesOut(Out):
    """A page of the log, the newest first."""

    items: list[EntryOut]
    next_cursor: str | None


def read_entry(cursor: str | None) -> int | None:
    """Return the number of the last entry of the page before.

    Raises:
        BadCursor: It is none.
    """
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _DIGITS):
        raise BadCursor("Send the next_cursor of the page before.", field="cursor")
    return int(cursor)


def next_entry(items: Sequence[EntryOut], limit: int) -> str | None:
    """Return the cursor of the page after; None when this one was not full."""
    return str(items[-1].id) if len(items) == limit else None
