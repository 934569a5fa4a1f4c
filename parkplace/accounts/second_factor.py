"""Two-factor sign-in: a code of an authenticator app, or a recovery code, besides the password.

There is no half-open session: whoever is asked for a code sends everything again with it. A code is
accepted once, also by two who send it at the same moment.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, delete, select, update

from parkplace.accounts import guard, one_time_codes, recovery_codes
from parkplace.accounts.models import SecondFactor, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.ownership import require_owner
from parkplace.accounts.verification import require_verified
from parkplace.core.errors import Conflict, Forbidden
from parkplace.core.sealed import seal, unseal

log = logging.getLogger(__name__)
_PURPOSE = "second-factor"


class SecondFactorNeeded(Forbidden):
    """Raised when the password is right, and a code must come with it."""

    code = "second_factor_needed"


class WrongCode(Forbidden):
    """Raised for a code that is not the app's, or was accepted before."""

    code = "wrong_code"


class TwoFactorOn(Conflict):
    """Raised when two-factor sign-in is to be set up and is on already."""

    code = "two_factor_on"


class TwoFactorOff(Conflict):
    """Raised when something needs two-factor sign-in and it is off, or not set up."""

    code = "two_factor_off"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app needs, once: the secret in base 32, its address, and that as an SVG element."""

    secret: str
    otpauth_uri: str
    qr_svg: str


class Proof(StrEnum):
    """What somebody showed besides their password."""

    NOTHING = "nothing"  # nothing was asked for
    APP = "app"
    RECOVERY_CODE = "recovery_code"


def set_up(
    session: Session,
    *,
    user: User,
    password: str | None,
    signed_in_at: datetime | None,
    now: datetime,
) -> Setup:
    """Make a secret for an app, in force only after `switch_on`; it replaces one that is not.

    Only for a verified address: else whoever signs up with somebody's address could keep them out
    of it with a code that they never had.

    Raises:
        WrongPassword, SignInAgain: As for `require_owner`.
        EmailUnverified: The address is not verified yet.
        TwoFactorOn: It is on.
    """
    owner = _locked(session, user)
    require_owner(owner, password=password, signed_in_at=signed_in_at, now=now)
    require_verified(owner)
    if owner.two_factor:
        raise TwoFactorOn("Two-factor sign-in is on. Switch it off first to use another app.")
    secret = one_time_codes.new_secret()
    fresh = {"secret": seal(_PURPOSE, secret.encode(), now=now), "last_step": 0, "created_at": now}
    session.exec(
        insert(SecondFactor)
        .values(user_id=owner.id, **fresh)
        .on_conflict_do_update(index_elements=["user_id"], set_=fresh)
    )
    uri = one_time_codes.uri(secret, email=owner.email)
    return Setup(secret, uri, one_time_codes.qr_svg(uri))


def switch_on(
    session: Session, *, user: User, code: str, origin: Origin, now: datetime
) -> list[str]:
    """Put a secret in force, now that the app shows its codes; return ten recovery codes.

    They are shown once: we keep only their hashes.

    Raises:
        TwoFactorOn: It is on.
        TwoFactorOff: Nothing was set up.
        WrongCode, TooMany: As for `prove`.
    """
    owner = _locked(session, user)
    if owner.two_factor:
        raise TwoFactorOn("Two-factor sign-in is on already.")
    _prove(session, owner, code, origin, now=now, recovery=False)
    owner.two_factor_at = now
    return recovery_codes.replace(session, user_id=owner.id)


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
    """Let the password do alone again; the secret and the recovery codes are deleted.

    Raises:
        WrongPassword, SignInAgain: As for `require_owner`.
        TwoFactorOff: It is off.
        WrongCode, TooMany: As for `prove`.
    """
    owner = _locked(session, user)
    require_owner(owner, password=password, signed_in_at=signed_in_at, now=now)
    require_on(owner)
    _prove(session, owner, code, origin, now=now, recovery=True)
    remove(session, user=owner)


def remove(session: Session, *, user: User) -> None:
    """Forget an account's second factor, asking nothing: for operators, and for who leaves."""
    user.two_factor_at = None
    session.add(user)
    session.flush()
    session.exec(delete(SecondFactor).where(col(SecondFactor.user_id) == user.id))
    recovery_codes.void(session, user_id=user.id)


def renew_recovery_codes(
    session: Session, *, user: User, code: str, origin: Origin, now: datetime
) -> list[str]:
    """Return ten new recovery codes, to be shown once; the old ones are void.

    Only a code of the app will do: one recovery code must not make ten.

    Raises:
        TwoFactorOff: It is off.
        WrongCode, TooMany: As for `prove`.
    """
    owner = _locked(session, user)
    require_on(owner)
    _prove(session, owner, code, origin, now=now, recovery=False)
    return recovery_codes.replace(session, user_id=owner.id)


def prove(
    session: Session, *, user: User, code: str | None, origin: Origin, now: datetime
) -> Proof:
    """Ask for the second factor of somebody who has shown the first; spend the code.

    Attempts are counted here and not at the door: only who knows the password gets this far, so
    that a stranger cannot use up the owner's.

    Args:
        session: The open transaction.
        user: Who the password, or a provider, says it is.
        code: What they typed: a code of the app or a recovery code. None or empty: nothing yet.
        origin: From where.
        now: The current instant.

    Raises:
        SecondFactorNeeded: There is no code, and there must be one.
        WrongCode: It is wrong, or was accepted before.
        TooMany: There were too many attempts.
    """
    if not user.two_factor:
        return Proof.NOTHING
    if code is None or not code.strip():
        raise SecondFactorNeeded(
            "Type the code that your authenticator app shows, or one of your recovery codes.",
            field="code",
        )
    return _prove(session, user, code, origin, now=now, recovery=True)


def _prove(
    session: Session, user: User, typed: str, origin: Origin, *, now: datetime, recovery: bool
) -> Proof:
    guard.second_step(user_id=user.id, email=user.email, address=origin.address)
    digits = recovery_codes.digits_of(typed)
    if _spend(session, user, digits, now=now):
        proof = Proof.APP
    elif recovery and recovery_codes.spend(session, user_id=user.id, digits=digits):
        proof = Proof.RECOVERY_CODE
    else:
        raise WrongCode(
            "This code is wrong, or was used already. Wait for the next one in your app.",
            field="code",
        )
    guard.second_step_done(user_id=user.id, email=user.email, address=origin.address)
    return proof


def _spend(session: Session, user: User, digits: str, *, now: datetime) -> bool:
    """Whether this is a code of the app, accepted now and never again."""
    factor = session.get(SecondFactor, user.id)
    if factor is None:
        raise TwoFactorOff("Set two-factor sign-in up first: there is no app yet.")
    try:
        secret = unseal(_PURPOSE, factor.secret, now=now).decode()
    except ValueError:
        log.warning("a second factor was sealed with another PARKPLACE_SECRET_KEY")
        return False
    step = one_time_codes.matching_step(secret, digits, now=now)
    if step is None:
        return False
    taken = session.exec(
        update(SecondFactor)
        .where(
            col(SecondFactor.user_id) == user.id,
            col(SecondFactor.secret) == factor.secret,
            col(SecondFactor.last_step) < step,
        )
        .values(last_step=step)
        .returning(col(SecondFactor.last_step))
        .execution_options(synchronize_session=False)
    ).first()
    return taken is not None


def require_on(user: User) -> None:
    """Refuse what makes no sense without a second factor.

    Raises:
        TwoFactorOff: There is none.
    """
    if not user.two_factor:
        raise TwoFactorOff("Two-factor sign-in is off.")


def _locked(session: Session, user: User) -> User:
    """Return an account as it is now, locked until the transaction ends."""
    query = select(User).where(col(User.id) == user.id)
    return session.exec(query.with_for_update().execution_options(populate_existing=True)).one()
