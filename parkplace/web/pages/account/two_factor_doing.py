"""What two-factor sign-in does to an account; all of it blocks, so never on the event loop."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from parkplace.accounts import guard, recovery_codes, second_factor
from parkplace.accounts.origin import Origin
from parkplace.accounts.second_factor import Setup
from parkplace.accounts.sessions import SignedIn
from parkplace.core.db import transaction
from parkplace.notifications import two_factor
from parkplace.web.session import own_session, require_session


@dataclass(frozen=True, slots=True)
class Seen:
    """How things are; `left` says how many recovery codes there are."""

    has_password: bool = False
    on: bool = False
    left: str = ""


def look(session: Session, token: str | None) -> Seen:
    """Return how somebody signs in; nobody has nothing."""
    found = own_session(session, token)
    if found is None:
        return Seen()
    user = found.user
    left = recovery_codes.left(session, user_id=user.id) if user.two_factor else 0
    return Seen(user.has_password, user.two_factor, f"{left} of {recovery_codes.COUNT}")


def set_up(token: str | None, password: str | None, *, origin: Origin, now: datetime) -> Setup:
    """Make a secret for an app; see `second_factor.set_up`."""
    own = _own(token)
    with guard.sign_in(email=own.user.email, address=origin.address), transaction() as session:
        return second_factor.set_up(
            session, user=own.user, password=password, signed_in_at=own.signed_in_at, now=now
        )


def switch_on(token: str | None, code: str, *, origin: Origin, now: datetime) -> list[str]:
    """Put the secret in force and return the recovery codes; see `second_factor.switch_on`."""
    user = _own(token).user
    with transaction() as session:
        return two_factor.switch_on(session, user=user, code=code, origin=origin, now=now)


def renew(token: str | None, code: str, *, origin: Origin, now: datetime) -> list[str]:
    """Return new recovery codes; see `second_factor.renew_recovery_codes`."""
    user = _own(token).user
    with transaction() as session:
        return two_factor.renew_recovery_codes(
            session, user=user, code=code, origin=origin, now=now
        )


def switch_off(
    token: str | None, password: str | None, code: str, *, origin: Origin, now: datetime
) -> None:
    """Switch it off; see `second_factor.switch_off`."""
    own = _own(token)
    with guard.sign_in(email=own.user.email, address=origin.address), transaction() as session:
        two_factor.switch_off(
            session,
            user=own.user,
            password=password,
            signed_in_at=own.signed_in_at,
            code=code,
            origin=origin,
            now=now,
        )


def _own(token: str | None) -> SignedIn:
    with transaction() as session:
        return require_session(session, token)
