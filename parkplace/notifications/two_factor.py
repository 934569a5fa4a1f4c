"""Two-factor sign-in as doors call it: what is done, what is logged, and whom it is told."""

from datetime import datetime

from sqlmodel import Session

from parkplace.accounts import recovery_codes, second_factor
from parkplace.accounts.audit import Action
from parkplace.accounts.emails import normalised
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.second_factor import Proof
from parkplace.core.errors import NotFound
from parkplace.notifications.safety import record


class NobodyThere(NotFound):
    """Raised when an operator names an address that has no account."""

    code = "account_unknown"


def switch_on(
    session: Session, *, user: User, code: str, origin: Origin, now: datetime
) -> list[str]:
    """Switch it on and return the recovery codes; see `second_factor.switch_on`."""
    codes = second_factor.switch_on(session, user=user, code=code, origin=origin, now=now)
    record(session, user=user, action=Action.TWO_FACTOR_ON, origin=origin, actor=user, now=now)
    return codes


def switch_off(
    session: Session,
    *,
    user: User,
    password: str | None,
    signed_in_at: datetime | None,
    code: str,
    origin: Origin,
    now: datetime,
) -> None:
    """Switch it off; see `second_factor.switch_off`."""
    second_factor.switch_off(
        session,
        user=user,
        password=password,
        signed_in_at=signed_in_at,
        code=code,
        origin=origin,
        now=now,
    )
    record(session, user=user, action=Action.TWO_FACTOR_OFF, origin=origin, actor=user, now=now)


def drop(session: Session, *, email: str, origin: Origin, now: datetime) -> User:
    """Switch it off for somebody who lost their app and their codes, as only an operator may.

    Raises:
        BadEmail, NobodyThere: Nobody is known by this address.
        TwoFactorOff: It is off.
    """
    user = user_by_email(session, email=normalised(email))
    if user is None:
        raise NobodyThere(f"{email} has no account here.")
    second_factor.require_on(user)
    second_factor.remove(session, user=user)
    record(session, user=user, action=Action.TWO_FACTOR_OFF, origin=origin, now=now)
    return user


def renew_recovery_codes(
    session: Session, *, user: User, code: str, origin: Origin, now: datetime
) -> list[str]:
    """Make new recovery codes and return them; see `second_factor.renew_recovery_codes`."""
    codes = second_factor.renew_recovery_codes(
        session, user=user, code=code, origin=origin, now=now
    )
    action = Action.RECOVERY_CODES_RENEWED
    record(session, user=user, action=action, origin=origin, actor=user, now=now)
    return codes


def prove(session: Session, *, user: User, code: str | None, origin: Origin, now: datetime) -> None:
    """Ask for the second factor where there is one; see `second_factor.prove`.

    Raises:
        SecondFactorNeeded, WrongCode, TooMany: Nobody is signed in.
    """
    proof = second_factor.prove(session, user=user, code=code, origin=origin, now=now)
    if proof is not Proof.RECOVERY_CODE:
        return
    left = recovery_codes.left(session, user_id=user.id)
    record(
        session,
        user=user,
        action=Action.RECOVERY_CODE_USED,
        origin=origin,
        actor=user,
        detail=f"{left} of {recovery_codes.COUNT} are",
        after={"left": left},
        now=now,
    )
