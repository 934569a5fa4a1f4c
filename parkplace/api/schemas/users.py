"""The shapes of people: as they themselves and admins see them, and as everybody does."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from parkplace.accounts.directory import Role, Sort, Status, status_of
from parkplace.accounts.identity import Decision, Papers
from parkplace.accounts.models import (
    CheckStatus,
    DistanceUnit,
    HourCycle,
    OptionalLetter,
    PaperKind,
    User,
)
from parkplace.accounts.profiles import WIDTHS, ProfileChanges
from parkplace.accounts.roles import appointed
from parkplace.api.schemas.common import In, InstantOut, Out, PageIn, Yes
from parkplace.core.links import photo_path
from parkplace.core.pictures import file_name
from parkplace.people.profile import PublicProfile

_MOST = 5000


def portrait_urls(key: str | None) -> dict[int, str] | None:
    """Return the addresses of a person's picture, by width; None without one."""
    if key is None:
        return None
    return {width: photo_path(file_name(key, width)) for width in WIDTHS}


class UsersIn(PageIn):
    """Which people, in which order."""

    text: str = Field("", max_length=100, description="How a name or an address begins.")
    role: Role | None = Field(None, description="A driver is who is neither host nor admin.")
    status: Status | None = Field(None, description="Without it: all that are not deleted.")
    sort: Sort = Sort.CREATED


class ListedUserOut(Out):
    """An account in an admin's list."""

    id: UUID
    email: str
    name: str
    status: Status
    is_host: bool
    is_admin: bool
    email_verified: bool
    identity_verified: bool
    created_at: InstantOut

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account in its shape."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            status=status_of(user),
            is_host=user.is_host,
            is_admin=appointed(user),
            email_verified=user.email_verified_at is not None,
            identity_verified=user.identity_verified_at is not None,
            created_at=user.created_at,
        )


class UsersOut(Out):
    """A page of accounts."""

    items: list[ListedUserOut]
    next_cursor: str | None


class OwnProfileOut(Out):
    """What somebody says about themself.

    `muted_letters` are the letters that the person does without; `hour_cycle`, `distance_unit` and
    an empty `locale` are as their browser says.
    """

    public_name: str
    about: str
    photo_urls: dict[int, str] | None
    locale: str
    hour_cycle: HourCycle
    distance_unit: DistanceUnit
    muted_letters: list[OptionalLetter]

    @staticmethod
    def said_by(user: User) -> dict[str, Any]:
        """Return the fields of a profile."""
        made: dict[str, Any] = {
            "photo_urls": portrait_urls(user.photo_key),
            "muted_letters": [word for word in OptionalLetter if word in user.muted_letters],
        }
        plain = OwnProfileOut.model_fields.keys() - made
        return made | {name: getattr(user, name) for name in plain}


class AccountOut(ListedUserOut, OwnProfileOut):
    """An account, as its owner and admins see it."""

    suspended_at: InstantOut | None
    suspended_why: str
    deleted_at: InstantOut | None

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account in its shape."""
        return cls(
            **ListedUserOut.of(user).model_dump(),
            **cls.said_by(user),
            suspended_at=user.suspended_at,
            suspended_why=user.suspended_why,
            deleted_at=user.deleted_at,
        )


class ProfileChangeIn(In):
    """What to change of a profile; what is left out stays.

    `muted_letters` replaces the list: of these letters the person wants none. Letters about money,
    safety or a stay that will not take place cannot be switched off.
    """

    name: str | None = Field(None, max_length=_MOST, examples=["Dana Kim"])
    public_name: str | None = Field(None, max_length=_MOST, examples=["Dana"])
    about: str | None = Field(None, max_length=_MOST)
    locale: str | None = Field(None, max_length=_MOST, examples=["en_US"])
    hour_cycle: HourCycle | None = None
    distance_unit: DistanceUnit | None = None
    muted_letters: list[OptionalLetter] | None = Field(None, max_length=20)

    def changes(self) -> ProfileChanges:
        """Return what the service wants."""
        given = self.model_dump(include=set(ProfileChangeIn.model_fields) - {"muted_letters"})
        letters = None if self.muted_letters is None else frozenset(self.muted_letters)
        return ProfileChanges(**given, muted_letters=letters)


class AccountChangeIn(ProfileChangeIn):
    """What to change of an account; being an admin is an admin's to give."""

    is_host: Yes | None = Field(None, description="False is refused while spaces are listed.")
    is_admin: Yes | None = None

    @property
    def changes_roles(self) -> bool:
        """Whether any of it is a role."""
        return self.is_host is not None or self.is_admin is not None


class ProfileOut(Out):
    """What everybody may know of a person."""

    id: UUID
    name: str
    about: str
    photo_urls: dict[int, str] | None
    member_since: date
    email_verified: bool
    identity_verified: bool
    is_host: bool
    spaces: int | None = Field(description="How many can be found; null for who is no host.")

    @classmethod
    def of(cls, profile: PublicProfile) -> Self:
        """Return a profile in its shape."""
        names = [name for name in cls.model_fields if name != "photo_urls"]
        plain = {name: getattr(profile, name) for name in names}
        return cls(**plain, photo_urls=portrait_urls(profile.photo_key))


class SuspendIn(In):
    """Why somebody is kept out, in words for them."""

    why: str = Field(max_length=_MOST, examples=["Your garage is not where you say it is."])


class DeleteMeIn(In):
    """Who wants their account deleted, for good."""

    password: str = Field(max_length=1000)
    code: str | None = Field(
        None,
        max_length=100,
        description="A code of the app, or a recovery code, with two-factor sign-in.",
    )


class PaperOut(Out):
    """One of the papers somebody sent."""

    number: int = Field(examples=[1])
    content_type: str = Field(examples=["image/webp"])
    size: int = Field(description="In bytes.")


class PapersOut(Out):
    """How far the check of somebody's papers has come; `documents` is empty once they are gone."""

    id: UUID
    kind: PaperKind
    status: CheckStatus
    why: str
    created_at: InstantOut
    decided_at: InstantOut | None
    documents: list[PaperOut]

    @classmethod
    def of(cls, papers: Papers) -> Self:
        """Return papers in their shape."""
        check = papers.check
        return cls(
            id=check.id,
            kind=PaperKind(check.kind),
            status=CheckStatus(check.status),
            why=check.why,
            created_at=check.created_at,
            decided_at=check.decided_at,
            documents=[PaperOut.model_validate(document) for document in papers.documents],
        )


class DecisionIn(In):
    """What an admin says to papers; a no needs a reason."""

    decision: Decision
    why: str = Field("", max_length=_MOST)
