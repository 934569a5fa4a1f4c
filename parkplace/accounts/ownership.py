"""Being sure that it is the owner who changes how an account is entered, and not a borrowed tab."""

from datetime import datetime, timedelta

from parkplace.accounts import passwords
from parkplace.accounts.models import User
from parkplace.core.errors import Forbidden

FRESH = timedelta(minutes=5)


class WrongPassword(Forbidden):
    """Raised when somebody who is signed in repeats their password, and it is another."""

    code = "wrong_password"


class SignInAgain(Forbidden):
    """Raised when an account without a password was signed in to too long ago."""

    code = "sign_in_again"


def require_owner(
    user: User, *, password: str | None, signed_in_at: datetime | None, now: datetime
) -> None:
    """Refuse somebody who may only have found a session that is open.

    Count attempts around it with `guard.sign_in`: it tells whether a password is right.

    Args:
        user: Whose account it is.
        password: What they typed, if anything.
        signed_in_at: When the session that is asking was opened.
        now: The current instant.

    Raises:
        WrongPassword: The account has a password, and this is not it.
        SignInAgain: It has none, and the session is older than five minutes.
    """
    if user.has_password:
        if not passwords.verify(password or "", user.password_hash):
            raise WrongPassword("This is not your password. Type it again.", field="password")
    elif signed_in_at is None or signed_in_at <= now - FRESH:
        raise SignInAgain("Sign in again first: this needs a sign-in of the last five minutes.")
