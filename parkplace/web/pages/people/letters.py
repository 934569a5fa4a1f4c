"""What the pages behind letters' links do, each in transactions of its own.

Everything here blocks: never call it on the event loop.
"""

from datetime import datetime

import reflex as rx

from parkplace.accounts import guard, verification
from parkplace.accounts.account_links import peek
from parkplace.accounts.addresses import Step, stop_change
from parkplace.accounts.models import AccountLink, LinkPurpose
from parkplace.accounts.origin import Origin
from parkplace.bookings.joining import join_guest_bookings
from parkplace.core.db import transaction
from parkplace.notifications import account_letters


def token_of(state: rx.State) -> str:
    """Return the token in the address; it is read each time and kept nowhere."""
    return state.router.url.path.rstrip("/").rsplit("/", 1)[-1]


def look(token: str, *purposes: LinkPurpose, now: datetime) -> AccountLink | None:
    """Return a link that could be used, without using it: mail scanners open every link."""
    with transaction() as session:
        return peek(session, token=token, purposes=purposes, now=now)


def verify(token: str, *, origin: Origin, now: datetime) -> None:
    """Say that an address is one's own.

    Raises:
        LinkSpent: The link is no good.
        TooMany: Too many were tried from this network.
    """
    guard.link(address=origin.address)
    with transaction() as session:
        user = verification.verify_email(session, token=token, origin=origin, now=now)
        join_guest_bookings(session, user=user, now=now)


def agree(token: str, *, origin: Origin, now: datetime) -> Step:
    """Agree to an account's move.

    Raises:
        LinkSpent, TooMany: As for `verify`.
    """
    guard.link(address=origin.address)
    with transaction() as session:
        confirmed = account_letters.confirm_email_change(
            session, token=token, origin=origin, now=now
        )
        join_guest_bookings(session, user=confirmed.user, now=now)
        return confirmed.step


def stop(token: str, *, origin: Origin, now: datetime) -> None:
    """Stop an account's move and end all its sessions.

    Raises:
        LinkSpent, TooMany: As for `verify`.
    """
    guard.link(address=origin.address)
    with transaction() as session:
        stop_change(session, token=token, origin=origin, now=now)


def ask_reset(email: str, *, origin: Origin, now: datetime) -> None:
    """Send the link by which a password is replaced, if the address has an account.

    Raises:
        BadEmail: It is no address.
        TooMany: Too many were asked for from this network.
    """
    leaves = guard.ask_reset(email=email, address=origin.address)
    with transaction() as session:
        account_letters.ask_reset(session, email=email, quiet=not leaves, origin=origin, now=now)


def reset(token: str, password: str, *, origin: Origin, now: datetime) -> None:
    """Choose a new password, which ends all sessions.

    Raises:
        LinkSpent, TooMany: As for `verify`.
        WeakPassword: The link stays good.
    """
    guard.link(address=origin.address)
    with transaction() as session:
        user = account_letters.reset_password(
            session, token=token, password=password, origin=origin, now=now
        )
        join_guest_bookings(session, user=user, now=now)
