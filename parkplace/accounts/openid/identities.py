"""Whose account a provider's word opens.

An account that exists is joined by its e-mail address only when both sides have verified it. Ours
must be: anybody can sign up with anybody's address, wait until its owner comes through a provider,
and would share the account from then on.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from parkplace.accounts.emails import BadEmail, normalised
from parkplace.accounts.models import User, UserIdentity
from parkplace.accounts.openid.client import Person, providers
from parkplace.accounts.openid.problems import AccountUnconfirmed, EmailUnconfirmed, TwoAtOnce
from parkplace.accounts.service import require_standing
from parkplace.core.db import lock
from parkplace.core.errors import Conflict, NotFound
from parkplace.core.texts import one_line

NO_PASSWORD = "!"  # noqa: S105 - what no password is the hash of
_LONGEST_NAME = 80


class IdentityNotFound(NotFound):
    """Raised for a way to sign in that is not one of the person's."""

    code = "identity_not_found"


class OnlyWayIn(Conflict):
    """Raised when somebody would take away the only way into their account."""

    code = "only_way_in"


class News(StrEnum):
    """What a sign-in through a provider changed."""

    NOTHING = "nothing"
    LINKED = "linked"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who is at the door, and whether that is news."""

    user: User
    news: News


def enter(session: Session, *, person: Person, now: datetime) -> Entered:
    """Return the account of a person whom a provider vouches for, made or joined if need be.

    Raises:
        AccountSuspended: An admin keeps them out.
        EmailUnconfirmed: Nobody is known by this name, and the provider vouches for no address.
        AccountUnconfirmed: The address has an account here that nobody has verified.
        TwoAtOnce: The address got an account in this very moment.
    """
    lock(session, name="identity", key=f"{person.issuer} {person.subject}")
    user = _known(session, person, now=now)
    if user is not None:
        require_standing(user)
        return Entered(user, News.NOTHING)
    address = _address(person)
    query = select(User).where(col(User.email) == address).with_for_update()
    user = session.exec(query.execution_options(populate_existing=True)).first()
    if user is None:
        user, news = _registered(session, person, address, now=now), News.REGISTERED
    else:
        require_standing(user)
        if user.email_verified_at is None:
            raise AccountUnconfirmed
        news = News.LINKED
    _link(session, user, person, now=now)
    return Entered(user, news)


def of_user(session: Session, *, user: User) -> list[UserIdentity]:
    """Return the providers through which somebody signs in, the oldest first."""
    query = select(UserIdentity).where(col(UserIdentity.user_id) == user.id)
    return list(session.exec(query.order_by(col(UserIdentity.id))))


def unlink(session: Session, *, user: User, identity_id: UUID) -> UserIdentity:
    """Let a provider no longer open somebody's account; return what was taken away.

    Raises:
        IdentityNotFound: It is none of theirs.
        OnlyWayIn: They have no password, and no other provider that is configured.
    """
    owner = session.exec(select(User).where(col(User.id) == user.id).with_for_update()).one()
    identities = of_user(session, user=owner)
    found = next((one for one in identities if one.id == identity_id), None)
    if found is None:
        raise IdentityNotFound("There is no such way to sign in to your account.")
    open_ways = {way.issuer for way in providers()}
    others = [one for one in identities if one is not found and one.issuer in open_ways]
    if not owner.has_password and not others:
        raise OnlyWayIn("This is the only way into your account. Choose a password first.")
    session.delete(found)
    session.flush()
    return found


def _known(session: Session, person: Person, *, now: datetime) -> User | None:
    identity = session.exec(
        select(UserIdentity).where(
            col(UserIdentity.issuer) == person.issuer, col(UserIdentity.subject) == person.subject
        )
    ).first()
    if identity is None:
        return None
    identity.provider, identity.last_used_at = person.provider, now
    session.flush()
    return session.get_one(User, identity.user_id)


def _link(session: Session, user: User, person: Person, *, now: datetime) -> None:
    session.add(
        UserIdentity(
            user_id=user.id,
            provider=person.provider,
            issuer=person.issuer,
            subject=person.subject,
            created_at=now,
            last_used_at=now,
        )
    )
    session.flush()


def _address(person: Person) -> str:
    if not person.email:
        raise EmailUnconfirmed
    try:
        return normalised(person.email)
    except BadEmail:
        raise EmailUnconfirmed from None


def _registered(session: Session, person: Person, address: str, *, now: datetime) -> User:
    name = one_line(person.name) or address.partition("@")[0]
    user = User(
        email=address,
        name=name[:_LONGEST_NAME].strip(),
        password_hash=NO_PASSWORD,
        email_verified_at=now,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        raise TwoAtOnce from None
    return user
