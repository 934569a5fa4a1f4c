"""What everybody may know of a person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.profiles import public_name
from parkplace.accounts.queries import user_by_id
from parkplace.accounts.service import AccountUnknown
from parkplace.spaces import hosts


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """The public part of a person.

    Attributes:
        name: The one they chose for it, or their first.
        photo_key: The files are named `<key>-<width>.webp`, with the widths of `profiles.WIDTHS`.
        member_since: The day they signed up.
        spaces: How many spaces of theirs can be found; None for who is no host.
    """

    id: UUID
    name: str
    about: str
    photo_key: str | None
    member_since: date
    email_verified: bool
    identity_verified: bool
    is_host: bool
    spaces: int | None


def public(session: Session, *, user_id: UUID) -> PublicProfile:
    """Return what everybody may know of a person; the same for whoever asks.

    Raises:
        AccountUnknown: There is no such person, or they are gone or kept out.
    """
    user = user_by_id(session, user_id=user_id)
    if user is None or user.suspended_at is not None:
        raise AccountUnknown("There is nobody by this name here.")
    return PublicProfile(
        id=user.id,
        name=public_name(user),
        about=user.about,
        photo_key=user.photo_key,
        member_since=user.created_at.date(),
        email_verified=user.email_verified_at is not None,
        identity_verified=user.identity_verified_at is not None,
        is_host=user.is_host,
        spaces=hosts.listed(session, host_id=user.id) if user.is_host else None,
    )
