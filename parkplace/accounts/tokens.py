"""Tokens of programs: a short-lived access token, and a refresh token that changes at each use.

A refresh token is `<family>.<secret>`. The family stays for the life of a sign-in, the secret is
new each time; so any older token that comes back, however old, names its session and ends it.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from sqlmodel import Session, col, delete, select

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import SessionKind, User, UserSession
from parkplace.accounts.origin import Origin
from parkplace.accounts.sessions import SESSION_LASTS, SignedIn, begin, standing
from parkplace.core.errors import Forbidden
from parkplace.core.ids import new_token, token_hash
from parkplace.core.keys import derived_key

ACCESS_LASTS = timedelta(minutes=15)
_ALGORITHM = "HS256"


class SessionOver(Forbidden):
    """What doors raise when a token opens nothing any more."""

    code = "session_over"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a program gets when it signs in; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


def issue(session: Session, *, user: User, origin: Origin, now: datetime) -> TokenPair:
    """Open a session for a program and return its first tokens."""
    family = new_token()
    token = _refresh_token(family)
    opened = begin(
        session,
        user=user,
        kind=SessionKind.API,
        token=token,
        family_hash=token_hash(family),
        origin=origin,
        now=now,
    )
    return _pair(opened, token, now=now)


@dataclass(frozen=True, slots=True)
class Theft:
    """What became of a sign-in whose refresh token came back a second time: it is over."""

    user_id: UUID


def renew(
    session: Session, *, refresh_token: str, origin: Origin, now: datetime
) -> TokenPair | Theft | None:
    """Exchange a refresh token for new tokens; None when it is refused.

    A token that was exchanged before has been copied, by whoever comes first or second: its whole
    session ends, and that is noted. Of two who come at the same moment the first gets tokens, the
    second ends them: nobody can tell which of the two is the thief. A refusal is an answer and no
    exception, because raising would roll that end back; the door raises `SessionOver` once the
    transaction is through.
    """
    family = refresh_token.partition(".")[0]
    opened = session.exec(
        select(UserSession)
        .join(User, col(User.id) == UserSession.user_id)
        .where(
            col(UserSession.family_hash) == token_hash(family),
            col(UserSession.expires_at) > now,
            col(User.suspended_at).is_(None),
        )
        .with_for_update(of=UserSession)
    ).first()
    if opened is None:
        return None
    if not hmac.compare_digest(opened.token_hash, token_hash(refresh_token)):
        session.delete(opened)
        _note_theft(session, opened, origin=origin, now=now)
        return Theft(opened.user_id)
    fresh = _refresh_token(family)
    opened.token_hash = token_hash(fresh)
    opened.last_used_at, opened.expires_at = now, now + SESSION_LASTS
    return _pair(opened, fresh, now=now)


def bearer(session: Session, *, access_token: str, now: datetime) -> SignedIn | None:
    """Return who holds an access token; None when it is no good or its session has ended.

    It only reads: see `sessions.note_use` for what has to be written down.
    """
    claims = _claims(access_token, now=now)
    if claims is None:
        return None
    return standing(
        session,
        col(UserSession.id) == UUID(claims["sid"]),
        col(User.id) == UUID(claims["sub"]),
        now=now,
    )


@lru_cache(maxsize=4096)
def made_for(access_token: str) -> str | None:
    """Return the id of the account that an access token was once made for, by its signature alone.

    It says nothing about the token still being good: it is for counting whose requests these are.
    """
    claims = _claims(access_token, now=datetime.min.replace(tzinfo=UTC))
    return None if claims is None else str(claims["sub"])


def close(session: Session, *, access_token: str, now: datetime) -> None:
    """End the session of an access token, and with it every token of that sign-in."""
    claims = _claims(access_token, now=now)
    if claims is not None:
        session.exec(delete(UserSession).where(col(UserSession.id) == UUID(claims["sid"])))


def _note_theft(session: Session, opened: UserSession, *, origin: Origin, now: datetime) -> None:
    action, subject_id = Action.TOKEN_STOLEN, opened.user_id
    note(session, action=action, actor=None, subject_id=subject_id, origin=origin, now=now)


def _refresh_token(family: str) -> str:
    return f"{family}.{new_token()}"


def _pair(opened: UserSession, refresh_token: str, *, now: datetime) -> TokenPair:
    issued = int(now.timestamp())
    lasts = int(ACCESS_LASTS.total_seconds())
    claims = {
        "sub": str(opened.user_id),
        "sid": str(opened.id),
        "iat": issued,
        "exp": issued + lasts,
    }
    access_token = jwt.encode(claims, derived_key("access-token"), algorithm=_ALGORITHM)
    return TokenPair(access_token, refresh_token, lasts)


def _claims(access_token: str, *, now: datetime) -> dict[str, Any] | None:
    try:
        claims = jwt.decode(
            access_token,
            derived_key("access-token"),
            algorithms=[_ALGORITHM],
            # PyJWT would ask the machine's clock; ours is the `now` we were given.
            options={
                "require": ["sub", "sid", "iat", "exp"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except (jwt.InvalidTokenError, UnicodeError):
        return None
    return claims if claims["exp"] > now.timestamp() else None
