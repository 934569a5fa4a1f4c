"""The shapes of people, and of what proves who they are."""

from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from parkplace.accounts.devices import in_words
from parkplace.accounts.models import SessionKind, User, UserSession
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
    email_verified_at: InstantOut | None
    created_at: InstantOut

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account in its shape."""
        return cls.model_validate(user)


class MeIn(In):
    """What a person changes about their account; what is left out stays."""

    name: str | None = Field(None, max_length=_MOST, examples=["Dana Kim"])
    email: str | None = Field(
        None,
        max_length=_MOST,
        description="Begins a move: letters go to both addresses, and both have to agree. "
        "The address that the account has takes back a move.",
        examples=["dana@example.org"],
    )
    is_host: bool | None = Field(None, description="False is refused while spaces are listed.")


class LinkIn(In):
    """The token of a letter's link: what stands behind the last slash."""

    token: str = Field(max_length=_MOST)


class EmailIn(In):
    """An address that a letter may go to."""

    email: str = Field(max_length=_MOST, examples=["dana@example.com"])


class ResetIn(LinkIn):
    """A new password, for who has the link."""

    password: str = Field(max_length=_MOST, examples=["four unrelated words together"])


class PasswordIn(In):
    """A new password, for who knows the current one."""

    current: str = Field(max_length=_MOST)
    new: str = Field(max_length=_MOST, examples=["four unrelated words together"])


class LetterOut(Out):
    """What happens next, in a sentence for the person."""

    detail: str = Field(examples=["If this address has an account, a letter is on its way."])


class MoveOut(Out):
    """How far a change of address has come; `waiting` is for the other address."""

    status: Literal["waiting", "done"]


class SessionOut(Out):
    """A sign-in that is open, by device and range of addresses; `current` is the one that asks."""

    id: UUID
    kind: SessionKind
    device: str = Field(examples=["Firefox on Linux"])
    network: str = Field(examples=["203.0.113.0/24"])
    created_at: InstantOut
    last_used_at: InstantOut
    current: bool

    @classmethod
    def of(cls, opened: UserSession, *, current: UUID) -> Self:
        """Return a session in its shape."""
        return cls(
            id=opened.id,
            kind=SessionKind(opened.kind),
            device=in_words(opened.device),
            network=opened.network,
            created_at=opened.created_at,
            last_used_at=opened.last_used_at,
            current=opened.id == current,
        )


class SessionsOut(Out):
    """A page of sessions, the newest first."""

    items: list[SessionOut]
    next_cursor: str | None


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
