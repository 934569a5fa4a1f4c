"""Forgets what has had its time, and looks ahead on opening hours."""

from parkplace.accounts import account_links, devices, identity, papers, profiles
from parkplace.accounts.sessions import tidy as tidy_sessions
from parkplace.bookings.blocks import tidy as tidy_blocks
from parkplace.bookings.quoting import tidy as tidy_quotes
from parkplace.core import idempotency
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from parkplace.notifications import outbox
from parkplace.reports.queries import photo_keys
from parkplace.spaces import cells, photos
from parkplace.spaces.schedules import recompile_due


def run() -> None:
    """Delete what is expired or unused, compile opening hours ahead, fold the map's cells."""
    now = utc_now()
    with transaction() as session:
        tidy_sessions(session, now=now)
        account_links.tidy(session, now=now)
        devices.tidy(session, now=now)
        tidy_quotes(session, now=now)
        tidy_blocks(session, now=now)
        idempotency.tidy(session, now=now)
        outbox.tidy(session, now=now)
        identity.tidy(session, now=now)
    with transaction() as session:
        recompile_due(session, now=now)
    with transaction() as session:
        cells.fold(session)
    photos.tidy(used=_pictures_in_use, now=now)
    papers.sweep(used=_papers_in_use, now=now)


def _pictures_in_use() -> set[str]:
    with transaction() as session:
        return photos.keys(session) | photo_keys(session) | profiles.photo_keys(session)


def _papers_in_use() -> set[str]:
    with transaction() as session:
        return identity.file_names(session)
