"""Tables of people and of what proves who they are."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
)
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
        two_factor_at: Since when a code of an app is asked for too; NULL while it is not.
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
    two_factor_at: datetime | None = timestamp(optional=True)
    created_at: datetime = timestamp()

    @property
    def two_factor(self) -> bool:
        """Whether signing in takes a code as well."""
        return self.two_factor_at is not None

    @property
    def has_password(self) -> bool:
        """Whether there is a password at all; who came through a provider may have none."""
        return self.password_hash.startswith("$")


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


class SecondFactor(Row, table=True):
    """What an authenticator app and we both know; in force once `users.two_factor_at` is set.

    Attributes:
        secret: Sealed with our key, so that a copy of the database makes no codes.
        last_step: The latest half minute, counted from 1970, whose code was accepted; neither it
            nor an earlier one is accepted again.
    """

    __tablename__ = "second_factors"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    secret: str
    last_step: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = timestamp()


class RecoveryCode(Row, table=True):
    """A code, good once, that stands in for an app that is lost; using it deletes the row."""

    __tablename__ = "recovery_codes"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    code_hash: str = Field(primary_key=True)


class UserIdentity(Row, table=True):
    """Who somebody is to an OpenID provider; it opens their account here.

    Attributes:
        provider: The name that the operator gave it, as in the addresses of its sign-in.
        issuer: The provider's own name. Only it and `subject` together are one person: behind
            another issuer the same subject is somebody else (OpenID Connect Core 1.0, 5.7).
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    provider: str
    issuer: str
    subject: str
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()
