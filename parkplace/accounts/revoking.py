"""A person's sessions: which there are, and ending them.

A session that is ended is refused at its next request, because every request looks for its row;
what is open, such as a live stream, looks again within a minute.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, delete, select

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import SignInCode, User, UserSession
from parkplace.accounts.origin import Origin
from parkplace.core.db import notify
from parkplace.core.errors import NotFound


class SessionUnknown(NotFound):
    """Raised for a session that is over, or somebody else's."""

    code = "session_not_found"


def sessions_of(
    session: Session, *, user_id: UUID, now: datetime, after: UUID | None = None, limit: int = 20
) -> Sequence[UserSession]:
    """Return the sessions that are open, the newest first.

    Args:
        session: The open transaction.
        user_id: Whose.
        now: The current instant.
        after: The last session of the page before.
        limit: How many at most.
    """
    query = select(UserSession).where(
        col(UserSession.user_id) == user_id, col(UserSession.expires_at) > now
    )
    if after is not None:
        query = query.where(col(UserSession.id) < after)
    return session.exec(query.order_by(col(UserSession.id).desc()).limit(limit)).all()


def revoke(
    session: Session, *, user: User, session_id: UUID, origin: Origin, now: datetime
) -> None:
    """End one of somebody's sessions.

    Raises:
        SessionUnknown: It is none of theirs, or over already.
    """
    ended = session.exec(
        delete(UserSession).where(
            col(UserSession.id) == session_id,
            col(UserSession.user_id) == user.id,
            col(UserSession.expires_at) > now,
        )
    ).rowcount
    if ended == 0:
        raise SessionUnknown("There is no such session. It may be over already.")
    notify(session, topic=out_topic(user.id))
    _note(session, user, ended, origin=origin, now=now)


def revoke_others(
    session: Session, *, user: User, kept: UUID, origin: Origin, now: datetime
) -> None:
    """End all of somebody's sessions but the one they ask from; none is no error."""
    ended = end_sessions(session, user_id=user.id, kept=kept)
    if ended:
        _note(session, user, ended, origin=origin, now=now)


def end_sessions(session: Session, *, user_id: UUID, kept: UUID | None = None) -> int:
    """End every session of an account, and every sign-in that is under way; say how many sessions.

    Args:
        session: The open transaction.
        user_id: Whose.
        kept: The one that stays, if one does.
    """
    session.exec(delete(SignInCode).where(col(SignInCode.user_id) == user_id))
    ending = delete(UserSession).where(col(UserSession.user_id) == user_id)
    if kept is not None:
        ending = ending.where(col(UserSession.id) != kept)
    notify(session, topic=out_topic(user_id))
    return session.exec(ending).rowcount


def out_topic(user_id: UUID) -> str:
    """Return the signal at which somebody's streams ask whether their session still stands."""
    return f"out:{user_id}"


def is_open(session: Session, *, session_id: UUID, now: datetime) -> bool:
    """Whether a session stands and its person is not kept out."""
    found = session.exec(
        select(col(UserSession.id))
        .join(User, col(User.id) == UserSession.user_id)
        .where(
            col(UserSession.id) == session_id,
            col(UserSession.expires_at) > now,
            col(User.suspended_at).is_(None),
        )
    )
    return found.first() is not None


def _note(session: Session, user: User, ended: int, *, origin: Origin, now: datetime) -> None:
    note(
        session,
        action=Action.SESSION_REVOKED,
        actor=user,
        subject_id=user.id,
        origin=origin,
        after={"ended": ended},
        now=now,
    )
