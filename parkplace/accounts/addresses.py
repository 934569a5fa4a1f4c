"""Moving an account to another e-mail address: the old one and the new one both have to agree.

Whoever took over a session cannot take the account along without reading its owner's letters, and
nobody becomes the owner of an address that is not theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from parkplace.accounts.account_links import CHANGES, draw, spend, withdraw
from parkplace.accounts.audit import Action, note
from parkplace.accounts.emails import normalised
from parkplace.accounts.models import AccountLink, LinkPurpose, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.revoking import end_sessions


class Step(StrEnum):
    """How far a change of address has come."""

    WAITING = "waiting"  # for the other address
    DONE = "done"
    TAKEN = "taken"  # somebody else has the address by now; the change is over


@dataclass(frozen=True, slots=True)
class Begun:
    """A change that waits for both addresses.

    Attributes:
        email: The address that is to be.
        old_token, new_token: What the letters to either of them carry.
        taken: Whether the new one has an account already. Its owner may learn of this attempt;
            whoever made it must not be able to tell.
    """

    email: str
    old_token: str
    new_token: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of a change when a link of it was used; `before` is the address until then."""

    step: Step
    user: User
    before: str


def begin_change(
    session: Session, *, user: User, email: str, origin: Origin, now: datetime
) -> Begun | None:
    """Begin to move an account, and forget an earlier beginning.

    The address that it has already takes back what was begun; then there is nothing to return.

    Args:
        session: The open transaction.
        user: Whose account, locked.
        email: The address that is to be, as typed.
        origin: From where.
        now: The current instant.

    Raises:
        BadEmail: It is no address.
    """
    address = normalised(email)
    if address == user.email:
        withdraw(session, user_id=user.id, purposes=CHANGES)
        return None
    taken = user_by_email(session, email=address) is not None
    old_token, new_token = (
        draw(session, user_id=user.id, purpose=purpose, email=address, now=now)
        for purpose in (LinkPurpose.CHANGE_OLD, LinkPurpose.CHANGE_NEW)
    )
    _note(session, Action.EMAIL_CHANGE_ASKED, user, origin=origin, now=now)
    return Begun(address, old_token, new_token, taken)


def confirm_change(session: Session, *, token: str, origin: Origin, now: datetime) -> Confirmed:
    """Use a link of one of the two addresses; the second of them moves the account.

    That somebody else was faster is an answer and no exception, because raising would leave the
    change open that ends with it.

    Raises:
        LinkSpent: See `account_links.spend`.
    """
    link, user = spend(session, token=token, purposes=CHANGES, now=now)
    before = user.email
    if not _both_agree(session, link, now=now):
        return Confirmed(Step.WAITING, user, before)
    try:
        with session.begin_nested():
            user.email, user.email_verified_at = link.email, now
            session.add(user)
    except IntegrityError:
        withdraw(session, user_id=user.id, purposes=CHANGES)
        return Confirmed(Step.TAKEN, user, before)
    # Links to the old address open nothing any more.
    withdraw(session, user_id=user.id)
    _note(session, Action.EMAIL_CHANGED, user, origin=origin, now=now)
    return Confirmed(Step.DONE, user, before)


def stop_change(session: Session, *, token: str, origin: Origin, now: datetime) -> User:
    """End a change that the owner of the old address did not begin, and all sessions with it.

    Raises:
        LinkSpent: See `account_links.spend`; links to the new address stop nothing.
    """
    _, user = spend(session, token=token, purposes={LinkPurpose.CHANGE_OLD}, now=now)
    withdraw(session, user_id=user.id, purposes=CHANGES)
    end_sessions(session, user_id=user.id)
    _note(session, Action.EMAIL_CHANGE_STOPPED, user, origin=origin, now=now)
    return user


def _both_agree(session: Session, link: AccountLink, *, now: datetime) -> bool:
    agreed = session.exec(
        select(func.count())
        .select_from(AccountLink)
        .where(
            col(AccountLink.user_id) == link.user_id,
            col(AccountLink.purpose).in_(CHANGES),
            col(AccountLink.email) == link.email,
            col(AccountLink.used_at).is_not(None),
            col(AccountLink.expires_at) > now,
        )
    ).one()
    return agreed == len(CHANGES)


def _note(session: Session, action: Action, user: User, *, origin: Origin, now: datetime) -> None:
    note(session, action=action, actor=user, subject_id=user.id, origin=origin, now=now)
