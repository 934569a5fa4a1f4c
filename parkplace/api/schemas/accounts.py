"""The shapes of people, and of what proves who they are."""

from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from parkplace.accounts.devices import in_words
from parkplace.accounts.models import SessionKind, User, UserIdentity, UserSession
from parkplace.accounts.openid.client import label
from parkplace.accounts.tokens import TokenPair
from parkplace.api.schemas.common import In, InstantOut, Out, Yes
from parkplace.api.schemas.users import OwnProfileOut, ProfileChangeIn

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
    code: str | None = Field(
        None,
        max_length=_MOST,
        description="Of the authenticator app, or a recovery code, when two-factor sign-in is on.",
        examples=["123456"],
    )


class RefreshIn(In):
    """A refresh token, good once."""

    refresh_token: str = Field(max_length=_MOST)


class UserOut(OwnProfileOut):
    """An account, as its owner sees it."""

    id: UUID
    email: str
    name: str
    is_host: bool
    is_admin: bool
    email_verified_at: InstantOut | None
    two_factor: bool = Field(description="Whether signing in takes a code as well.")
    has_password: bool = Field(description="Whether there is a password to sign in with.")
    created_at: InstantOut

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account in its shape."""
        others = [name for name in cls.model_fields if name not in OwnProfileOut.model_fields]
        return cls(**{name: getattr(user, name) for name in others}, **cls.said_by(user))


class MeIn(ProfileChangeIn):
    """What a person changes about their account; what is left out stays."""

    email: str | None = Field(
        None,
        max_length=_MOST,
        description="Begins a move: letters go to both addresses, and both have to agree. "
        "The address that the account has takes back a move.",
        examples=["dana@example.org"],
    )
    is_host: Yes | None = Field(None, description="False is refused while spaces are listed.")


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


class TwoFactorSetupIn(In):
    """Who asks for an app's secret; accounts without a password need a sign-in just now instead."""

    password: str | None = Field(None, max_length=_MOST)


class TwoFactorSetupOut(Out):
    """What an authenticator app needs; it is shown this once."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"], description="In base 32.")
    otpauth_uri: str = Field(examples=["otpauth://totp/Park%20Place:dana%40example.com?secret=…"])
    qr_svg: str = Field(description="The same as an SVG element, dark on light.")


class CodeIn(In):
    """A code of the authenticator app."""

    code: str = Field(max_length=_MOST, examples=["123456"])


class TwoFactorOffIn(In):
    """Who switches it off; accounts without a password need a sign-in just now instead."""

    password: str | None = Field(None, max_length=_MOST)
    code: str = Field(max_length=_MOST, examples=["123456"])


class RecoveryCodesOut(Out):
    """Codes that stand in for the app, each once; they are shown this once."""

    recovery_codes: list[str] = Field(examples=[["12345-67890-12345-67890"]])


class IdentityOut(Out):
    """A provider through which one signs in."""

    id: UUID
    provider: str = Field(examples=["google"])
    label: str = Field(examples=["Google"])
    created_at: InstantOut
    last_used_at: InstantOut

    @classmethod
    def of(cls, identity: UserIdentity) -> Self:
        """Return an identity in its shape."""
        return cls(label=label(identity.provider), **identity.model_dump(exclude={"user_id"}))


class IdentitiesOut(Out):
    """The providers through which one signs in; there are never more than one page of them."""

    items: list[IdentityOut]
    next_cursor: None = None
