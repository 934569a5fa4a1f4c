"""What an admin says to somebody's papers, and the letter that tells them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts import identity
from parkplace.accounts.identity import Decision
from parkplace.accounts.models import IdentityCheck, User
from parkplace.accounts.origin import Origin
from parkplace.core.links import account_path, link
from parkplace.notifications.messages import IdentityApproved, IdentityRejected
from parkplace.notifications.outbox import queue


def decide(
    session: Session,
    *,
    admin: User,
    user_id: UUID,
    decision: Decision,
    why: str = "",
    origin: Origin,
    now: datetime,
) -> IdentityCheck:
    """Say yes or no to the papers that wait, and tell the person.

    Raises:
        As `accounts.identity.decide` does.
    """
    whom, check = identity.decide(
        session, admin=admin, user_id=user_id, decision=decision, why=why, origin=origin, now=now
    )
    url = link(account_path())
    approved = decision == Decision.APPROVE
    message = IdentityApproved(url=url) if approved else IdentityRejected(why=check.why, url=url)
    key = f"{message.kind}:{whom.id}:{check.id}"
    queue(session, message=message, to=whom.email, now=now, dedupe_key=key)
    return check
