"""Keeping somebody out and letting them in again, with all that hangs on it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts import standing
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.core.links import link, sign_in_path
from parkplace.notifications.messages import Reinstated, Suspended
from parkplace.notifications.outbox import queue
from parkplace.spaces import hosts


def suspend(
    session: Session, *, admin: User, user_id: UUID, why: str, origin: Origin, now: datetime
) -> User:
    """Keep somebody out from this moment: sessions, streams and the listing of their spaces end.

    Bookings that were made stand, as driver and as host. Somebody who is kept out already stays so,
    for the reason of the first time.

    Args:
        session: The open transaction.
        admin: Who decides it.
        user_id: About whom.
        why: What they are told, 1 to 500 characters.
        origin: From where.
        now: The current instant.

    Raises:
        AdminsOnly, AccountUnknown, OwnCase, LastAdmin, TextNeeded, TextTooLong, BadText: See
            `accounts.standing.suspend`.
    """
    whom, news = standing.suspend(
        session, admin=admin, user_id=user_id, why=why, origin=origin, now=now
    )
    if news:
        hosts.withhold(session, host_id=whom.id, now=now)
        queue(
            session,
            message=Suspended(why=whom.suspended_why, url=link("/")),
            to=whom.email,
            now=now,
            dedupe_key=f"suspended:{whom.id}:{now.isoformat()}",
        )
    return whom


def reinstate(
    session: Session, *, admin: User, user_id: UUID, origin: Origin, now: datetime
) -> User:
    """Let somebody in again; their spaces that were listed are listed.

    Raises:
        AdminsOnly, AccountUnknown: See `accounts.standing.reinstate`.
    """
    whom, news = standing.reinstate(session, admin=admin, user_id=user_id, origin=origin, now=now)
    if news:
        hosts.give_back(session, host_id=whom.id, now=now)
        queue(
            session,
            message=Reinstated(url=link(sign_in_path(then="/"))),
            to=whom.email,
            now=now,
            dedupe_key=f"reinstated:{whom.id}:{now.isoformat()}",
        )
    return whom
