"""Tables of people and of what proves who they are."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from parkplace.core.columns import Row, key, one_of, timestamp


class SessionKind(StrEnum):
    """What a session was opened through."""

    BROWSER = "browser"
    API = "api"


class User(Row, table=True):
    """A person with an account; every user may drive, some host, few administer.

    `email` is stored in lower case, which is how two spellings of one address meet.
    """

    __tablename__ = "users"

    id: UUID = key()
    email: str = Field(unique=True)
    name: str
    password_hash: str
    is_host: bool = False
    is_admin: bool = False
    created_at: datetime = timestamp()


class UserSession(Row, table=True):
    """A sign-in that can be revoked; the browser's cookie holds the token, this row its hash.

    For `api` sessions `token_hash` is that of the current refresh token, and `family_hash` that of
    the part which all refresh tokens of one sign-in share: an older one that comes back names its
    session by it, and means that a thief has a copy.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (one_of("kind", SessionKind),)

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    kind: str
    token_hash: str = Field(unique=True)
    family_hash: str | None = Field(default=None, unique=True)
    device: str = ""
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)


class SignInCode(Row, table=True):
    """A code, good once and for a minute, that the browser exchanges for its session cookie."""

    __tablename__ = "sign_in_codes"

    code_hash: str = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    expires_at: datetime = timestamp(index=True)
