"""Finding people, as an admin does; and one person, as they themself or an admin may."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, tuple_
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.accounts.queries import user_by_id
from parkplace.accounts.service import AccountUnknown
from parkplace.accounts.standing import AdminsOnly, in_turn, person, require_admin
from parkplace.core.texts import one_line

MOST = 100
TEXT_MOST = 100


class Status(StrEnum):
    """How an account stands."""

    ACTIVE = "active"
    UNVERIFIED = "unverified"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Sort(StrEnum):
    """In which order people are listed."""

    CREATED = "created"  # the newest first
    NAME = "name"
    EMAIL = "email"


class Role(StrEnum):
    """What somebody is besides a driver, which everybody is."""

    DRIVER = "driver"
    HOST = "host"
    ADMIN = "admin"


def status_of(user: User) -> Status:
    """Return how an account stands."""
    if user.deleted_at is not None:
        return Status.DELETED
    if user.suspended_at is not None:
        return Status.SUSPENDED
    return Status.ACTIVE if user.email_verified_at is not None else Status.UNVERIFIED


def people(
    session: Session,
    *,
    admin: User,
    text: str = "",
    role: Role | None = None,
    status: Status | None = None,
    sort: Sort = Sort.CREATED,
    after: UUID | None = None,
    limit: int = 20,
) -> list[User]:
    """Return a page of the accounts there are, to an admin.

    Args:
        session: The open transaction.
        admin: Who is asking.
        text: How the name or the e-mail address begins, in any case.
        role: Only these; a `driver` is who is neither host nor admin.
        status: Only these; None is all that are not deleted.
        sort: In which order.
        after: The last account of the page before.
        limit: How many at most, 100 or fewer.

    Raises:
        AdminsOnly: They are none.
    """
    require_admin(session, actor=admin)
    query = select(User).where(_IS[status] if status else col(User.deleted_at).is_(None))
    if role is not None:
        query = query.where(_HAS[role])
    if begins := _begins(text):
        name = func.lower(col(User.name))
        query = query.where(or_(name.like(begins), col(User.email).like(begins)))
    last = session.get(User, after) if after is not None else None
    query = query.order_by(*_ORDER[sort])
    if last is not None:
        query = query.where(_behind(sort, last))
    return list(session.exec(query.limit(min(limit, MOST))))


def account(session: Session, *, viewer: User, user_id: UUID) -> User:
    """Return an account to its owner or to an admin, deleted ones included for these.

    Raises:
        AccountUnknown: There is none, or it is none of their business.
    """
    found = user_by_id(session, user_id=user_id)
    if found is None or not _may_see(session, viewer, user_id):
        raise AccountUnknown("There is no such account.")
    return found


def editable(session: Session, *, actor: User, user_id: UUID, roles: bool = False) -> User:
    """Return an account that is the actor's to change, locked until the transaction ends.

    Args:
        session: The open transaction.
        actor: Its owner, or an admin.
        user_id: Which account.
        roles: Whether roles will be changed too; then nobody else changes any meanwhile.

    Raises:
        AccountUnknown: There is none, or it is none of their business.
    """
    if roles:
        in_turn(session)
    if not _may_see(session, actor, user_id):
        raise AccountUnknown("There is no such account.")
    return person(session, user_id=user_id)


def _may_see(session: Session, viewer: User, user_id: UUID) -> bool:
    if viewer.id == user_id:
        return True
    try:
        require_admin(session, actor=viewer)
    except AdminsOnly:
        return False
    return True


def _begins(text: str) -> str:
    typed = one_line(text).lower()[:TEXT_MOST]
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%" if typed else ""


def _behind(sort: Sort, last: User) -> ColumnElement[bool]:
    match sort:
        case Sort.CREATED:
            place = tuple_(col(User.created_at), col(User.id))
            return place < tuple_(last.created_at, last.id)
        case Sort.NAME:
            place = tuple_(func.lower(col(User.name)), col(User.id))
            return place > tuple_(func.lower(last.name), last.id)
        case Sort.EMAIL:
            return col(User.email) > last.email


_OUT = col(User.suspended_at).is_not(None)
_GONE = col(User.deleted_at).is_not(None)
_VERIFIED = col(User.email_verified_at).is_not(None)
_IS: dict[Status, ColumnElement[bool]] = {
    Status.ACTIVE: and_(~_OUT, _VERIFIED),
    Status.UNVERIFIED: and_(~_OUT, ~_VERIFIED),
    Status.SUSPENDED: and_(_OUT, ~_GONE),
    Status.DELETED: and_(_OUT, _GONE),
}
_HAS: dict[Role, ColumnElement[bool]] = {
    Role.DRIVER: and_(~col(User.is_host), ~col(User.is_admin)),
    Role.HOST: and_(col(User.is_host)),
    Role.ADMIN: and_(col(User.is_admin)),
}
_ORDER: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.CREATED: (col(User.created_at).desc(), col(User.id).desc()),
    Sort.NAME: (func.lower(col(User.name)).asc(), col(User.id).asc()),
    Sort.EMAIL: (col(User.email).asc(),),
}
