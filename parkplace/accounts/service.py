"""Signing up and signing in."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from parkplace.accounts import passwords
from parkplace.accounts.emails import BadEmail, normalised
from parkplace.accounts.models import User
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.strength import require_strong
from parkplace.core.errors import Conflict, Forbidden, Invalid, NotFound
from parkplace.core.texts import has_control_signs

_LONGEST_NAME = 80


class EmailTaken(Conflict):
    """Raised when an address that signs up has an account already."""

    code = "email_taken"


class AccountUnknown(NotFound):
    """Raised when an address that is named has no account."""

    code = "account_unknown"


class BadName(Invalid):
    """Raised for a name that is missing, too long, or not made of letters and signs."""

    code = "bad_name"


class WrongCredentials(Forbidden):
    """Raised when e-mail and password do not belong together, whichever of them is wrong."""

    code = "wrong_credentials"


class AccountSuspended(Forbidden):
    """Raised when somebody signs in whom an admin keeps out."""

    code = "account_suspended"


def register(session: Session, *, email: str, name: str, password: str, now: datetime) -> User:
    """Make an account.

    A known address is answered with `email_taken`, openly: the program that signs up must be told
    that no account was made, a 201 for an account that is not there would be a lie, and whoever
    wants to learn who has an account meets the guard on sign-ups first. Signing *in* is what
    gives nothing away, in words or in time.

    Args:
        session: The open transaction.
        email: The address, as typed.
        name: What to call the person, 1 to 80 characters on one line.
        password: Must pass `require_strong`.
        now: The current instant.

    Raises:
        BadEmail, BadName, WeakPassword: What was typed cannot be used.
        EmailTaken: The address has an account, perhaps since a moment ago.
    """
    address = normalised(email)
    called = _require_name(name)
    require_strong(password, about=(called, address))
    user = User(
        email=address, name=called, password_hash=passwords.hash_password(password), created_at=now
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise EmailTaken(
            "There is an account with this e-mail address. Sign in instead.", field="email"
        ) from error
    return user


def sign_in(session: Session, *, email: str, password: str) -> User:
    """Return the account that an e-mail address and a password open.

    Every refusal is the same error after the same work, so neither its words nor its time tell
    whether an address has an account. A hash with outdated parameters is renewed on the way.
    Count attempts around it with `guard.sign_in`.

    Raises:
        WrongCredentials: They do not belong together.
        AccountSuspended: They do, and an admin keeps this person out; only they get to know.
    """
    user = _user_with(session, email)
    if user is None:
        passwords.verify_nobody()
    elif passwords.verify(password, user.password_hash):
        if passwords.needs_upgrade(user.password_hash):
            user.password_hash = passwords.hash_password(password)
        require_standing(user)
        return user
    raise WrongCredentials("E-mail or password is wrong. Check both and try again.")


def require_standing(user: User) -> None:
    """Refuse somebody whom an admin keeps out.

    Raises:
        AccountSuspended: They are.
    """
    if user.suspended_at is not None:
        raise AccountSuspended(
            "This account is suspended. Write to us if you think it is a mistake."
        )


def make_admin(session: Session, *, email: str, name: str, password: str, now: datetime) -> User:
    """Make someone an admin, with a new account if the address has none.

    An account that exists keeps its name and its password.

    Raises:
        BadEmail, BadName, WeakPassword: As for `register`.
    """
    if user_by_email(session, email=normalised(email)) is None:
        register(session, email=email, name=name, password=password, now=now)
    return appoint_admin(session, email=email)


def appoint_admin(session: Session, *, email: str) -> User:
    """Make somebody who has an account an admin; an admin stays one.

    Raises:
        BadEmail, AccountUnknown: Nobody is known by this address.
    """
    user = user_by_email(session, email=normalised(email))
    if user is None:
        raise AccountUnknown(f"{email} has no account here. Let its owner sign up first.")
    user.is_admin = True
    session.add(user)
    session.flush()
    return user


def _user_with(session: Session, email: str) -> User | None:
    try:
        return user_by_email(session, email=normalised(email))
    except BadEmail:
        return None


def _require_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not 1 <= len(name) <= _LONGEST_NAME or has_control_signs(name):
        raise BadName(f"Give a name of 1 to {_LONGEST_NAME} letters, on one line.", field="name")
    return name
