"""Who is signed in: server-side sessions, and the code that brings one to a browser.

A token is made anew at every sign-in, lives in an httpOnly cookie and is stored as a hash, so
neither a planted cookie nor a copy of the database opens an account.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select, update

from parkplace.accounts.models import SessionKind, SignInCode, User, UserSession
from parkplace.accounts.origin import Origin
from parkplace.core.errors import Forbidden
from parkplace.core.ids import new_token, token_hash

SESSION_LASTS = timedelta(days=30)  # after its last use
USE_NOTED_EVERY = timedelta(minutes=1)
CODE_LASTS = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody, the session that they are known by, and when they signed in for it.

    Attributes:
        noted_at: When it was last written down that the session is used; see `note_use`.
    """

    user: User
    session_id: UUID
    signed_in_at: datetime
    noted_at: datetime | None = field(default=None, compare=False)


class CodeSpent(Forbidden):
    """Raised for a sign-in code that was used, is older than a minute, or never was."""

    code = "code_spent"


def open_session(
    session: Session, *, user: User, origin: Origin, now: datetime
) -> tuple[UserSession, str]:
    """Sign a browser in; return the session and the token for its cookie.

    Args:
        session: The open transaction.
        user: Who it is.
        origin: From where; shown in the person's list of sessions.
        now: The current instant.
    """
    token = new_token()
    opened = begin(
        session, user=user, kind=SessionKind.BROWSER, token=token, origin=origin, now=now
    )
    return opened, token


def begin(
    session: Session,
    *,
    user: User,
    kind: SessionKind,
    token: str,
    family_hash: str | None = None,
    origin: Origin,
    now: datetime,
) -> UserSession:
    """Write a session whose secret is `token`; programs' tokens are of a family."""
    opened = UserSession(
        user_id=user.id,
        kind=kind,
        token_hash=token_hash(token),
        family_hash=family_hash,
        device=origin.device,
        network=origin.network,
        created_at=now,
        last_used_at=now,
        expires_at=now + SESSION_LASTS,
    )
    session.add(opened)
    session.flush()
    return opened


def who(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """Return who holds a browser's session token; None when nobody is signed in with it.

    It only reads: see `note_use` for what has to be written down.
    """
    return standing(
        session,
        col(UserSession.token_hash) == token_hash(token),
        col(UserSession.kind) == SessionKind.BROWSER,
        now=now,
    )


def standing(session: Session, *which: ColumnElement[bool], now: datetime) -> SignedIn | None:
    """Return whose session it is that these conditions single out; None when it is over.

    It is over when it was ended or not used for 30 days, and while its account is suspended.
    """
    found = session.exec(
        select(User, UserSession)
        .join(UserSession, col(UserSession.user_id) == User.id)
        .where(*which, col(UserSession.expires_at) > now, col(User.suspended_at).is_(None))
    ).first()
    if found is None:
        return None
    user, opened = found
    return SignedIn(user, opened.id, opened.created_at, opened.last_used_at)


def is_use_to_be_noted(own: SignedIn, *, now: datetime) -> bool:
    """Whether `note_use` has anything to write: nothing was written within the last minute."""
    return own.noted_at is not None and own.noted_at <= now - USE_NOTED_EVERY


def note_use(session: Session, *, own: SignedIn, now: datetime) -> None:
    """Move the end of a session that is used to 30 days ahead.

    It is written at most once a minute, so whoever asks often does not write often.
    """
    if not is_use_to_be_noted(own, now=now):
        return
    session.exec(
        update(UserSession)
        .where(
            col(UserSession.id) == own.session_id,
            col(UserSession.last_used_at) <= now - USE_NOTED_EVERY,
        )
        .values(last_used_at=now, expires_at=now + SESSION_LASTS)
        .execution_options(synchronize_session=False)
    )


def close_session(session: Session, *, token: str) -> None:
    """Sign a browser out; a token that opens nothing is no error."""
    session.exec(delete(UserSession).where(col(UserSession.token_hash) == token_hash(token)))


def issue_code(session: Session, *, user_id: UUID, now: datetime) -> str:
    """Return a code that a browser exchanges for its cookie, once and within a minute.

    Pages speak over a websocket, which cannot set a cookie: they navigate to the address that can,
    with this code in it.
    """
    code = new_token()
    session.add(
        SignInCode(code_hash=token_hash(code), user_id=user_id, expires_at=now + CODE_LASTS)
    )
    session.flush()
    return code


def redeem_code(session: Session, *, code: str, now: datetime) -> User:
    """Return whose code this is, and spend it: of two at once, one gets through.

    Raises:
        CodeSpent: It was used, is too old, or never was; or its person is kept out since.
    """
    spent = session.exec(
        delete(SignInCode)
        .where(col(SignInCode.code_hash) == token_hash(code), col(SignInCode.expires_at) > now)
        .returning(col(SignInCode.user_id))
    ).first()
    if spent is None:
        raise _spent()
    user = session.get_one(User, spent[0])
    if user.suspended_at is not None:
        raise _spent()
    return user


def tidy(session: Session, *, now: datetime) -> None:
    """Forget sessions and codes that have run out."""
    session.exec(delete(UserSession).where(col(UserSession.expires_at) <= now))
    session.exec(delete(SignInCode).where(col(SignInCode.expires_at) <= now))


def _spent() -> CodeSpent:
    return CodeSpent("This sign-in has run out. Sign in again.")
