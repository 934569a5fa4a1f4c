"""Who is in good standing, and in which roles; what admins do about it.

Whoever changes what admins there are waits for whoever does so at the same time, and looks again
then: of two admins who demote each other at once, one stays.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, exists, select

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.queries import locked_user
from parkplace.accounts.revoking import end_sessions
from parkplace.accounts.roles import acts_as_admin, refuse_unproven
from parkplace.accounts.service import AccountSuspended, AccountUnknown
from parkplace.core.db import lock
from parkplace.core.errors import Conflict, Forbidden
from parkplace.core.texts import clean_text

WHY_MOST = 500


class AdminsOnly(Forbidden):
    """Raised when somebody else tries what only an admin may do."""

    code = "admins_only"


class LastAdmin(Conflict):
    """Raised when nobody would be left to run the place."""

    code = "last_admin"


class OwnCase(Forbidden):
    """Raised when an admin would decide about themself."""

    code = "own_case"


def require_admin(session: Session, *, actor: User) -> User:
    """Return an admin's row, as it is now: roles that were taken away a moment ago are gone.

    Raises:
        AdminsOnly: They are none, or not any more.
        SecondFactorRequired: They are one, and must switch on two-factor sign-in first.
    """
    query = select(User).where(col(User.id) == actor.id)
    now_is = session.exec(query.execution_options(populate_existing=True)).first()
    if now_is is None or now_is.suspended_at is not None or not acts_as_admin(now_is):
        refuse_unproven(now_is)
        raise AdminsOnly("Only an admin can do this.")
    return now_is


def require_present(session: Session, *, user: User) -> None:
    """Make sure that an account stays as it is until the transaction ends.

    A door found out who is asking in a transaction of its own: they may be gone since. What is
    written for them under this lock is seen by whoever wants to delete them next.

    Raises:
        AccountSuspended: They are.
    """
    query = select(User.suspended_at).where(col(User.id) == user.id)
    found = session.exec(query.with_for_update(key_share=True, read=True)).first()
    if found is not None:
        raise AccountSuspended("This account is closed. Write to us if you think it is a mistake.")


def person(session: Session, *, user_id: UUID) -> User:
    """Return somebody's row as it is now, locked until the transaction ends.

    Raises:
        AccountUnknown: There is no such account, or it was deleted.
    """
    found = locked_user(session, user_id=user_id)
    if found is None or found.deleted_at is not None:
        raise AccountUnknown("There is no such account.")
    return found


def set_roles(
    session: Session,
    *,
    actor: User,
    user_id: UUID,
    is_host: bool | None = None,
    is_admin: bool | None = None,
    origin: Origin,
    now: datetime,
) -> User:
    """Give somebody roles or take them away, as an admin; None leaves one as it is.

    Raises:
        AdminsOnly, AccountUnknown: See `require_admin` and `person`.
        LastAdmin: Nobody else is one.
    """
    in_turn(session)
    by = require_admin(session, actor=actor)
    whom = person(session, user_id=user_id)
    before = _roles(whom)
    if is_admin is False:
        require_another_admin(session, than=whom)
    whom.is_host = whom.is_host if is_host is None else is_host
    whom.is_admin = whom.is_admin if is_admin is None else is_admin
    session.flush()
    if _roles(whom) != before:
        note(
            session,
            action=Action.ROLES_CHANGED,
            actor=by,
            subject_id=whom.id,
            origin=origin,
            before=before,
            after=_roles(whom),
            now=now,
        )
    return whom


def suspend(
    session: Session, *, admin: User, user_id: UUID, why: str, origin: Origin, now: datetime
) -> tuple[User, bool]:
    """Keep somebody out: every session ends with this transaction.

    Returns:
        The account, and whether this is news.

    Raises:
        AdminsOnly, AccountUnknown: See `require_admin` and `person`.
        OwnCase, LastAdmin: Not oneself, and not the last admin.
        TextNeeded, TextTooLong, BadText: There must be a reason of up to 500 characters.
    """
    reason = clean_text(why, field="why", least=1, most=WHY_MOST, lines=True)
    in_turn(session)
    by = require_admin(session, actor=admin)
    whom = person(session, user_id=user_id)
    if whom.id == by.id:
        raise OwnCase("You cannot suspend yourself. Ask another admin.")
    if whom.suspended_at is not None:
        return whom, False
    require_another_admin(session, than=whom)
    whom.suspended_at, whom.suspended_why = now, reason
    end_sessions(session, user_id=whom.id)
    action = Action.PERSON_SUSPENDED
    note(session, action=action, actor=by, subject_id=whom.id, origin=origin, now=now)
    return whom, True


def reinstate(
    session: Session, *, admin: User, user_id: UUID, origin: Origin, now: datetime
) -> tuple[User, bool]:
    """Let somebody in again; return the account, and whether this is news.

    Raises:
        AdminsOnly, AccountUnknown: See `require_admin` and `person`.
    """
    by = require_admin(session, actor=admin)
    whom = person(session, user_id=user_id)
    if whom.suspended_at is None:
        return whom, False
    # What began while they were kept out ends too: nobody was to come in then.
    end_sessions(session, user_id=whom.id)
    whom.suspended_at, whom.suspended_why = None, ""
    action = Action.PERSON_REINSTATED
    note(session, action=action, actor=by, subject_id=whom.id, origin=origin, now=now)
    return whom, True


def in_turn(session: Session) -> None:
    """Wait for whoever else is about to change what admins there are."""
    lock(session, name="admins", key="")


def require_another_admin(session: Session, *, than: User) -> None:
    """Refuse to lose the last admin; call it `in_turn`.

    Raises:
        LastAdmin: This is the one.
    """
    if not than.is_admin:
        return
    others = select(User.id).where(
        col(User.is_admin), col(User.suspended_at).is_(None), col(User.id) != than.id
    )
    if not session.exec(select(exists(others))).one():
        raise LastAdmin("Nobody else is an admin. Make somebody else one first.")


def _roles(user: User) -> dict[str, object]:
    return {"is_host": user.is_host, "is_admin": user.is_admin}
