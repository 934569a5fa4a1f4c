"""The links in letters about an account: good once, for hours at most, stored as a hash.

Opening one does nothing, because mail scanners open every link; what it does happens when the page
behind it is told to. Whoever brings a token acts for the account it belongs to, signed in or not:
they have read the letter. Of two who bring it at once, one gets through.

Rows are locked in one order everywhere: the account first, then its links.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select, update

from parkplace.accounts.models import AccountLink, LinkPurpose, User
from parkplace.accounts.queries import locked_user
from parkplace.core.errors import NotFound
from parkplace.core.ids import new_token, token_hash

LASTS = {
    LinkPurpose.VERIFY: timedelta(hours=24),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.CHANGE_OLD: timedelta(hours=24),
    LinkPurpose.CHANGE_NEW: timedelta(hours=24),
}
CHANGES = frozenset({LinkPurpose.CHANGE_OLD, LinkPurpose.CHANGE_NEW})


class LinkSpent(NotFound):
    """Raised for a link that was used, is too old, was followed by a newer one, or never was."""

    code = "link_spent"


def draw(
    session: Session, *, user_id: UUID, purpose: LinkPurpose, email: str, now: datetime
) -> str:
    """Return the token of a new link; older ones of the same account and purpose end.

    Args:
        session: The open transaction.
        user_id: Whose account it is for. It may be nobody's as long as the row is taken back before
            the transaction ends, which is how an unknown address gets the same work as a known one.
        purpose: What it is good for.
        email: The address that it proves, or that a change leads to.
        now: The current instant.
    """
    locked_user(session, user_id=user_id)
    withdraw(session, user_id=user_id, purposes={purpose})
    token = new_token()
    session.add(
        AccountLink(
            token_hash=token_hash(token),
            user_id=user_id,
            purpose=purpose,
            email=email,
            created_at=now,
            expires_at=now + LASTS[purpose],
        )
    )
    session.flush()
    return token


def peek(
    session: Session, *, token: str, purposes: Collection[LinkPurpose], now: datetime
) -> AccountLink | None:
    """Return a link that could be used for one of these purposes, and leave it as it is."""
    found = session.exec(
        select(AccountLink, User)
        .join(User, col(User.id) == AccountLink.user_id)
        .where(col(AccountLink.token_hash) == token_hash(token), *_good(purposes, now))
    ).first()
    return found[0] if found is not None and _is_for(*found) else None


def spend(
    session: Session, *, token: str, purposes: Collection[LinkPurpose], now: datetime
) -> tuple[AccountLink, User]:
    """Use a link; return it and its account, which stays locked until the transaction ends.

    Raises:
        LinkSpent: It is no good, or not for this, or its account is suspended or has another
            address by now. All of these are told alike.
    """
    hashed = col(AccountLink.token_hash) == token_hash(token)
    link = session.exec(select(AccountLink).where(hashed)).first()
    user = None if link is None else locked_user(session, user_id=link.user_id)
    if link is None or user is None or not _is_for(link, user):
        raise _spent()
    used = session.exec(
        update(AccountLink)
        .where(hashed, *_good(purposes, now))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount == 0:
        raise _spent()
    return link, user


def withdraw(
    session: Session, *, user_id: UUID, purposes: Collection[LinkPurpose] = tuple(LinkPurpose)
) -> None:
    """End an account's links, used or not, of all purposes or of some."""
    session.exec(
        delete(AccountLink).where(
            col(AccountLink.user_id) == user_id, col(AccountLink.purpose).in_(purposes)
        )
    )


def tidy(session: Session, *, now: datetime) -> None:
    """Forget links that have run out."""
    session.exec(delete(AccountLink).where(col(AccountLink.expires_at) <= now))


def _good(purposes: Collection[LinkPurpose], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(AccountLink.purpose).in_(purposes),
        col(AccountLink.used_at).is_(None),
        col(AccountLink.expires_at) > now,
    )


def _is_for(link: AccountLink, user: User) -> bool:
    moves = link.purpose in CHANGES
    return user.suspended_at is None and (moves or link.email == user.email)


def _spent() -> LinkSpent:
    return LinkSpent("This link was used before, or is too old. Ask for a new one.")
