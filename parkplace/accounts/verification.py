"""Whether somebody's e-mail address is theirs: they pressed the button behind a letter's link."""

from datetime import datetime

from sqlmodel import Session

from parkplace.accounts.account_links import spend
from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import LinkPurpose, User
from parkplace.accounts.origin import Origin
from parkplace.core.errors import Conflict, Forbidden


class EmailUnverified(Forbidden):
    """Raised when somebody does what needs a verified address, before theirs is."""

    code = "email_unverified"


class EmailVerified(Conflict):
    """Raised when a verified address is to be verified."""

    code = "email_verified"


def verify_email(session: Session, *, token: str, origin: Origin, now: datetime) -> User:
    """Mark the address of a link's account as verified; return the account.

    Doors then let the guest bookings of that address join the account.

    Raises:
        LinkSpent: See `account_links.spend`.
    """
    _, user = spend(session, token=token, purposes={LinkPurpose.VERIFY}, now=now)
    mark_verified(session, user=user, actor=user, origin=origin, now=now)
    return user


def mark_verified(
    session: Session, *, user: User, actor: User | None, origin: Origin, now: datetime
) -> None:
    """Write down that the address of an account is its owner's; once is enough.

    Args:
        session: The open transaction.
        user: Whose address.
        actor: Who has shown it; None when the operator says so.
        origin: From where.
        now: The current instant.
    """
    if user.email_verified_at is not None:
        return
    user.email_verified_at = now
    session.add(user)
    action = Action.EMAIL_VERIFIED
    note(session, action=action, actor=actor, subject_id=user.id, origin=origin, now=now)


def require_verified(user: User) -> None:
    """Refuse somebody whose address is not verified.

    Raises:
        EmailUnverified: It is not.
    """
    if user.email_verified_at is None:
        raise EmailUnverified(
            "Verify your e-mail address first: open the letter we sent you and press its button. "
            "You can have it sent again."
        )
