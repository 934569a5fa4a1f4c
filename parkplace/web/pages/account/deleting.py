"""Deleting one's own account, in transactions of its own; it blocks."""

from datetime import datetime

from parkplace.accounts.origin import Origin
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.people import flows, leaving
from parkplace.web.session import require_user


def delete(token: str | None, *, password: str, code: str, origin: Origin, now: datetime) -> None:
    """Delete the account of whoever is signed in; see `leaving.leave`.

    Never on the event loop.

    Raises:
        SignedOut: Nobody is signed in.
        TooMany: It was tried too often.
        As `leaving.leave` does.
    """
    with transaction() as session:
        user = require_user(session, token)
    limits.hit(limits.ERASE, str(user.id))
    with transaction() as session:
        leaving.leave(session, user=user, password=password, code=code, origin=origin, now=now)
    flows.finish(user_id=user.id, now=now)
