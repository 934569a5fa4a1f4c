"""Tables of people and of what proves who they are."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Identity, Index
from sqlmodel import Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp


class SessionKind(StrEnum):
    """What a session was opened through."""

    BROWSER = "browser"
    API = "api"


class User(Row, table=True):
    """A person with an account; every user may drive, some host, few administer.

    Attributes:
        email: In lower case, which is how two spellings of one address meet.
        email_verified_at: When a letter to that address was answered; NULL until then.
        suspended_at: Since when an admin keeps them out; NULL for everybody in good standing.
    """

    __tablename__ = "users"

    id: UUID = key()
    email: str = Field(unique=True)
    name: str
    password_hash: str
    is_host: bool = False
    is_admin: bool = False
    email_verified_at: datetime | None = timestamp(optional=True)
    suspended_at: datetime | None = timestamp(optional=True)
    created_at: datetime = timestamp()


class UserSession(Row, table=True):
    """A sign-in that can be revoked; the browser's cookie holds the token, this row its hash.

    For `api` sessions `token_hash` is that of the current refresh token, and `family_hash` that of
    the part which all refresh tokens of one sign-in share: an older one that comes back names its
    session by it, and means that a thief has a copy. `network` is where it was opened from, by the
    range of addresses only.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (one_of("kind", SessionKind),)

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    kind: str
    token_hash: str = Field(unique=True)
    family_hash: str | None = Field(default=None, unique=True)
    device: str = ""
    network: str = ""
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)


class SignInCode(Row, table=True):
    """A code, good once and for a minute, that the browser exchanges for its session cookie."""

    __tablename__ = "sign_in_codes"

    code_hash: str = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    expires_at: datetime = timestamp(index=True)


class AuditEntry(Row, table=True):
    """What was done about safety or by an admin; the database refuses to change or remove a row.

    No name, address or secret stands in it, so it can stay when a person is forgotten.

    Attributes:
        actor_id: Who did it; NULL when it was nobody who is signed in.
        subject_id: Whose account, or which thing, it was done to.
        network: From where, by the range of addresses only.
        before, after: What was changed, as JSON can say it.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_id", "id"),
        Index("ix_audit_entries_actor", "actor_id", "id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime = timestamp()
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    action: str
    network: str = ""
    device: str = ""
    before: dict[str, Any] | None = json_column(optional=True)
    after: dict[str, Any] | None = json_column(optional=True)


class LinkPurpose(StrEnum):
    """What the link in a letter is good for."""

    VERIFY = "verify"
    RESET = "reset"
    CHANGE_OLD = "change_old"  # to the address that an account has
    CHANGE_NEW = "change_new"  # to the one that it is to have


class AccountLink(Row, table=True):
    """A link in a letter, good once and for a while; the letter has the token, this row its hash.

    Its account is looked up when the transaction ends: for an address that nobody has, the same
    row is written and taken back (see `account_links.draw`).

    Attributes:
        email: The address that the link proves or asks for; dead when the account has another one.
        used_at: When it was used; NULL until then.
    """

    __tablename__ = "account_links"
    __table_args__ = (
        one_of("purpose", LinkPurpose),
        Index("ix_account_links_user", "user_id", "purpose"),
        ForeignKeyConstraint(
            ["user_id"], ["users.id"], ondelete="CASCADE", deferrable=True, initially="DEFERRED"
        ),
    )

    token_hash: str = Field(primary_key=True)
    user_id: UUID
    purpose: str
    email: str
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)
    used_at: datetime | None = timestamp(optional=True)


class SeenDevice(Row, table=True):
    """From where somebody has signed in: a hash of device and range of addresses, and when last."""

    __tablename__ = "seen_devices"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    digest: str = Field(primary_key=True)
    seen_at: datetime = timestamp(index=True)
