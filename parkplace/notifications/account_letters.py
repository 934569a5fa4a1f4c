"""What doors call about accounts when a letter goes with it: the deed and its letter, or neither.

Each is a verb of `accounts` with what its owner has to be told.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts import addresses, devices, resetting
from parkplace.accounts.account_links import draw
from parkplace.accounts.addresses import Confirmed, Step
from parkplace.accounts.audit import Action, note
from parkplace.accounts.emails import normalised
from parkplace.accounts.models import LinkPurpose, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.verification import EmailVerified
from parkplace.core.ids import new_id, token_hash
from parkplace.core.links import (
    confirm_email_path,
    forgot_password_path,
    link,
    reset_password_path,
    verify_email_path,
)
from parkplace.notifications.messages import (
    EmailChanged,
    EmailChangeNew,
    EmailChangeOld,
    EmailChangeTaken,
    NewDevice,
    PasswordChanged,
    ResetPassword,
    VerifyEmail,
    Welcome,
)
from parkplace.notifications.outbox import queue


def welcome(session: Session, *, user: User, now: datetime) -> None:
    """Greet somebody who has just signed up, with the link that verifies their address."""
    message = Welcome(url=_verify_url(session, user, now=now))
    queue(session, message=message, to=user.email, now=now, dedupe_key=f"welcome:{user.id}")


def send_verification(session: Session, *, user: User, quiet: bool, now: datetime) -> None:
    """Send the link again that verifies an address.

    Args:
        session: The open transaction.
        user: Whose address.
        quiet: Whether its mailbox has had enough of these; then nothing is sent.
        now: The current instant.

    Raises:
        EmailVerified: It is verified already.
    """
    if user.email_verified_at is not None:
        raise EmailVerified("This address is verified already. There is nothing left to do.")
    if quiet:
        return
    url = _verify_url(session, user, now=now)
    key = f"verify:{token_hash(url)}"
    queue(session, message=VerifyEmail(url=url), to=user.email, now=now, dedupe_key=key)


def ask_reset(session: Session, *, email: str, quiet: bool, origin: Origin, now: datetime) -> None:
    """Send the link by which somebody chooses a new password, if the address has an account.

    For an address without one, or one that gets no letter, the same rows are written and taken
    back, so the time this takes tells nothing either.

    Args:
        session: The open transaction.
        email: The address, as typed.
        quiet: Whether its mailbox has had enough of these.
        origin: From where somebody asks.
        now: The current instant.

    Raises:
        BadEmail: It is no address.
    """
    address = normalised(email)
    user = user_by_email(session, email=address)
    note(
        session,
        action=Action.PASSWORD_RESET_ASKED,
        actor=None,
        subject_id=user.id if user else None,
        origin=origin,
        now=now,
    )
    leaves = user is not None and user.suspended_at is None and not quiet
    with session.begin_nested() as attempt:
        token = draw(
            session,
            user_id=user.id if user is not None and leaves else new_id(),
            purpose=LinkPurpose.RESET,
            email=address,
            now=now,
        )
        message = ResetPassword(url=link(reset_password_path(token)))
        key = f"reset:{token_hash(token)}"
        queue(session, message=message, to=address, now=now, dedupe_key=key)
        if not leaves:
            attempt.rollback()


def reset_password(
    session: Session, *, token: str, password: str, origin: Origin, now: datetime
) -> User:
    """Choose a new password with a link, and tell the owner; returns the account.

    Its address is verified by it: doors then let the guest bookings of that address join.

    Raises:
        LinkSpent, WeakPassword: As for `accounts.resetting.reset_password`.
    """
    user = resetting.reset_password(session, token=token, password=password, origin=origin, now=now)
    _tell_of_password(session, user, now=now)
    return user


def change_password(
    session: Session,
    *,
    user_id: UUID,
    current: str,
    new: str,
    kept: UUID,
    origin: Origin,
    now: datetime,
) -> None:
    """Change the password of somebody who is signed in, and tell the owner.

    Raises:
        WrongPassword, WeakPassword: As for `accounts.resetting.change_password`.
    """
    user = resetting.change_password(
        session, user_id=user_id, current=current, new=new, kept=kept, origin=origin, now=now
    )
    _tell_of_password(session, user, now=now)


def change_email(
    session: Session, *, user: User, email: str, quiet: bool, origin: Origin, now: datetime
) -> None:
    """Begin to move an account to another address, and ask both addresses.

    One that has an account gets another letter; nobody else can tell.

    Args:
        session: The open transaction.
        user: Whose account, locked.
        email: The address that is to be, as typed.
        quiet: Whether that address has had enough of these letters; then it gets none.
        origin: From where.
        now: The current instant.

    Raises:
        BadEmail: It is no address.
    """
    begun = addresses.begin_change(session, user=user, email=email, origin=origin, now=now)
    if begun is None:
        return
    url = link(confirm_email_path(begun.old_token))
    asked = EmailChangeOld(email=begun.email, url=url)
    key = token_hash(begun.old_token)
    queue(session, message=asked, to=user.email, now=now, dedupe_key=f"change-old:{key}")
    if quiet:
        return
    message = (
        EmailChangeTaken(url=link(forgot_password_path()))
        if begun.taken
        else EmailChangeNew(url=link(confirm_email_path(begun.new_token)))
    )
    queue(session, message=message, to=begun.email, now=now, dedupe_key=f"change-new:{key}")


def confirm_email_change(
    session: Session, *, token: str, origin: Origin, now: datetime
) -> Confirmed:
    """Agree to a move for one of its two addresses; when it is done, tell both.

    A moved account has a verified address: doors then let the guest bookings of that address join.

    Raises:
        LinkSpent: As for `accounts.addresses.confirm_change`.
    """
    confirmed = addresses.confirm_change(session, token=token, origin=origin, now=now)
    if confirmed.step == Step.DONE:
        message = EmailChanged(email=confirmed.user.email, url=link("/"))
        for to in (confirmed.before, confirmed.user.email):
            key = f"changed:{token_hash(token)}:{token_hash(to)}"
            queue(session, message=message, to=to, now=now, dedupe_key=key)
    return confirmed


def signed_in(session: Session, *, user: User, origin: Origin, now: datetime) -> None:
    """Note that somebody has signed in, and tell them when it is from a place not seen lately.

    Doors call it wherever a session is opened, once for each sign-in.
    """
    action = Action.SIGNED_IN
    note(session, action=action, actor=user, subject_id=user.id, origin=origin, now=now)
    place = devices.see(session, user=user, origin=origin, now=now)
    if place is None:
        return
    message = NewDevice(
        device=place.device,
        network=place.network,
        at=now,
        url=link(forgot_password_path()),
    )
    # The outbox forgets a letter long before a device counts as new again.
    key = f"new-device:{user.id}:{place.digest}"
    queue(session, message=message, to=user.email, now=now, dedupe_key=key)


def _verify_url(session: Session, user: User, *, now: datetime) -> str:
    purpose = LinkPurpose.VERIFY
    token = draw(session, user_id=user.id, purpose=purpose, email=user.email, now=now)
    return link(verify_email_path(token))


def _tell_of_password(session: Session, user: User, *, now: datetime) -> None:
    message = PasswordChanged(url=link(forgot_password_path()))
    key = f"password-changed:{user.id}:{now.isoformat()}"
    queue(session, message=message, to=user.email, now=now, dedupe_key=key)
