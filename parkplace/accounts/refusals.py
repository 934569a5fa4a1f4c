"""Sign-ins that were refused, in the audit log.

A refusal rolls back whatever the attempt did, so it is written down in a transaction of its own.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from parkplace.accounts.audit import Action, note
from parkplace.accounts.emails import BadEmail, normalised
from parkplace.accounts.origin import Origin
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.second_factor import WrongCode
from parkplace.accounts.service import AccountSuspended, WrongCredentials
from parkplace.core.db import transaction


@contextmanager
def noted(*, email: str, origin: Origin, now: datetime) -> Generator[None]:
    """Write down that the block refused somebody; wrap it around the attempt's transaction.

    For an address that no account has the same is written with nobody as its subject: it takes the
    same time, and keeps no stranger's address.

    Args:
        email: The address as typed.
        origin: From where the attempt comes.
        now: The current instant.
    """
    try:
        yield
    except (WrongCredentials, AccountSuspended, WrongCode) as refused:
        _write(email, refused.code, origin=origin, now=now)
        raise


def _write(email: str, why: str, *, origin: Origin, now: datetime) -> None:
    try:
        address = normalised(email)
    except BadEmail:
        address = ""
    with transaction() as session:
        user = user_by_email(session, email=address)
        note(
            session,
            action=Action.SIGN_IN_REFUSED,
            actor=None,
            subject_id=user.id if user else None,
            origin=origin,
            after={"why": why},
            now=now,
        )
