"""What the links in letters do, and asking for such letters.

Opening a link does nothing here or on our pages: mail scanners open every link. What it does, a
POST does.
"""

from fastapi import APIRouter

from parkplace.accounts import guard, verification
from parkplace.accounts.addresses import Step, stop_change
from parkplace.accounts.service import EmailTaken
from parkplace.accounts.strength import WeakPassword
from parkplace.api.deps import AddressDep, NowDep, OriginDep, SessionDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.accounts import (
    EmailIn,
    LetterOut,
    LinkIn,
    MoveOut,
    PasswordIn,
    ResetIn,
    UserOut,
)
from parkplace.bookings.joining import join_guest_bookings
from parkplace.core.db import transaction
from parkplace.notifications import account_letters

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/email/verify", responses=problems(404, 422, 429))
def verify_email(body: LinkIn, origin: OriginDep, now: NowDep) -> UserOut:
    """Say that an address is one's own, with the token of a letter; good once, for 24 hours."""
    guard.link(address=origin.address)
    with transaction() as session:
        user = verification.verify_email(session, token=body.token, origin=origin, now=now)
        join_guest_bookings(session, user=user, now=now)
        return UserOut.of(user)


@router.post("/email/verify/resend", status_code=202, responses=problems(401, 403, 409, 429))
def resend(user: UserDep, address: AddressDep, now: NowDep) -> LetterOut:
    """Send the letter again that verifies one's address; at most three an hour leave."""
    guard.account(user_id=user.id, address=address)
    quiet = not guard.letter("verify", email=user.email)
    with transaction() as session:
        account_letters.send_verification(session, user=user, quiet=quiet, now=now)
    return LetterOut(detail="A letter is on its way. Press the button behind its link.")


@router.post("/email/change/confirm", responses=problems(404, 409, 422, 429))
def confirm_move(body: LinkIn, origin: OriginDep, now: NowDep) -> MoveOut:
    """Agree that an account moves, for its old or its new address; the second to agree moves it.

    When somebody else has taken the address meanwhile, the move is over: 409 `email_taken`.
    """
    guard.link(address=origin.address)
    with transaction() as session:
        confirmed = account_letters.confirm_email_change(
            session, token=body.token, origin=origin, now=now
        )
        join_guest_bookings(session, user=confirmed.user, now=now)
    if confirmed.step == Step.TAKEN:
        raise EmailTaken(
            "Another account has this address by now, so yours stays where it is. "
            "Begin again with another address."
        )
    return MoveOut(status="done" if confirmed.step == Step.DONE else "waiting")


@router.post("/email/change/stop", status_code=204, responses=problems(404, 422, 429))
def stop_move(body: LinkIn, origin: OriginDep, now: NowDep) -> None:
    """Stop a move that one did not begin, with the letter to the old address; ends all sessions."""
    guard.link(address=origin.address)
    with transaction() as session:
        stop_change(session, token=body.token, origin=origin, now=now)


@router.post("/password/reset", status_code=202, responses=problems(422, 429))
def ask_reset(body: EmailIn, origin: OriginDep, now: NowDep) -> LetterOut:
    """Ask for a link by which a forgotten password is replaced.

    The answer, and how long it takes, is the same whether or not the address has an account. At
    most three letters an hour go to one mailbox.
    """
    leaves = guard.ask_reset(email=body.email, address=origin.address)
    with transaction() as session:
        account_letters.ask_reset(
            session, email=body.email, quiet=not leaves, origin=origin, now=now
        )
    return LetterOut(detail="If this address has an account, a letter is on its way.")


@router.post("/password/reset/confirm", status_code=204, responses=problems(404, 422, 429))
def reset_password(body: ResetIn, origin: OriginDep, now: NowDep) -> None:
    """Choose a new password with the token of a letter, good once and for an hour.

    All sessions of the account end, and its address counts as verified.
    """
    guard.link(address=origin.address)
    with transaction() as session:
        user = account_letters.reset_password(
            session, token=body.token, password=body.password, origin=origin, now=now
        )
        join_guest_bookings(session, user=user, now=now)


@router.post("/password/change", status_code=204, responses=problems(401, 403, 422, 429))
def change_password(body: PasswordIn, own: SessionDep, origin: OriginDep, now: NowDep) -> None:
    """Change one's password; this session stays, all others end."""
    guard.password(user_id=own.user.id, address=origin.address)
    try:
        with transaction() as session:
            account_letters.change_password(
                session,
                user_id=own.user.id,
                current=body.current,
                new=body.new,
                kept=own.session_id,
                origin=origin,
                now=now,
            )
    except WeakPassword as error:
        error.field = "new"
        raise
