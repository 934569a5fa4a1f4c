"""Says that the jobs are alive, for `/readyz`, and when each last ended well, for `/metrics`."""

from datetime import datetime

from parkplace.core import heartbeats
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction

LAST: dict[str, datetime] = {}  # by the job's name, in this process


def run() -> None:
    """Write down that the jobs ran now, and when each of them last ended well."""
    ended = {f"{heartbeats.JOB}{name}": at for name, at in list(LAST.items())}
    with transaction() as session:
        heartbeats.beat(session, name=heartbeats.JOBS, now=utc_now())
        heartbeats.note(session, last=ended)
