"""What the account pages read, each in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from parkplace.accounts import audit, revoking
from parkplace.people import leaving
from parkplace.web import routes
from parkplace.web.pages.account import view
from parkplace.web.session import own_session, signed_in

MOST = 100  # devices; older ones end by themselves after 30 days
PAGE = 20  # of the log
_DIGITS = 18  # more than there will ever be entries, and less than the database's integers hold


def devices(session: Session, *, token: str | None, now: datetime) -> list[view.Device]:
    """Return where whoever is signed in is signed in, this browser first."""
    own = own_session(session, token)
    if own is None:
        return []
    opened = revoking.sessions_of(session, user_id=own.user.id, now=now, limit=MOST)
    found = [view.device(one, current=own.session_id, now=now) for one in opened]
    return sorted(found, key=lambda device: not device.here)


@dataclass(frozen=True, slots=True)
class Data:
    """What somebody's data page says.

    Attributes:
        happened: A page of the log, the newest first.
        older: The address of the next page; empty on the last one.
        obstacle: Why the account cannot be deleted yet; empty when it can.
        has_password: Whether there is one to repeat.
        two_factor: Whether a code is asked for too.
    """

    happened: tuple[view.Happened, ...] = ()
    older: str = ""
    obstacle: str = ""
    has_password: bool = False
    two_factor: bool = False


def data(session: Session, *, token: str | None, before: str, now: datetime) -> Data:
    """Return what the data page says; nobody has nothing.

    Args:
        session: The open transaction.
        token: Who is asking.
        before: The last entry of the page before, as the address claims it.
        now: The current instant.
    """
    user = signed_in(session, token)
    if user is None:
        return Data()
    noted = audit.entries(
        session, reader=user, subject_id=user.id, after=_entry(before), limit=PAGE + 1
    )
    shown, more = noted[:PAGE], len(noted) > PAGE
    refusal = leaving.obstacle(session, user=user, now=now)
    return Data(
        happened=tuple(view.happened(entry, own=user.id) for entry in shown),
        older=routes.log_before(str(shown[-1].id)) if more else "",
        obstacle="" if refusal is None else refusal.message,
        has_password=user.has_password,
        two_factor=user.two_factor,
    )


def _entry(claimed: str) -> int | None:
    known = claimed.isascii() and claimed.isdigit() and len(claimed) <= _DIGITS
    return int(claimed) if known else None
