"""The shapes of people, and of what proves who they are."""

from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from parkplace.accounts.models import User
from parkplace.accounts.tokens import TokenPair
from parkplace.api.schemas.common import In, InstantOut, Out

_MOST = 1000  # far beyond what is accepted; the service says the exact bound in words


class RegisterIn(In):
    """Who wants an account."""

    email: str = Field(max_length=_MOST, examples=["dana@example.com"])
    password: str = Field(max_length=_MOST, examples=["four unrelated words together"])
    name: str = Field(max_length=_MOST, examples=["Dana"])


class LoginIn(In):
    """Who signs in."""

    email: str = Field(max_length=_MOST, examples=["dana@example.com"])
    password: str = Field(max_length=_MOST)


class RefreshIn(In):
    """A refresh token, good once."""

    refresh_token: str = Field(max_length=_MOST)


class UserOut(Out):
    """An account, as its owner sees it."""

    id: UUID
    email: str
    name: str
    is_host: bool
    is_admin: bool
    created_at: InstantOut

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account in its shape."""
        return cls.model_validate(user)


class TokensOut(Out):
    """A way in for a program: send `access_token` as Bearer; it lasts `expires_in` seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(examples=[900])

    @classmethod
    def of(cls, pair: TokenPair) -> Self:
        """Return tokens in their shape."""
        return cls.model_validate(pair)
