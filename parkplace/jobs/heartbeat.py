"""Says that the jobs are alive; `/readyz` looks at it."""

from parkplace.core import heartbeats
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction


def run() -> None:
    """Write down that the jobs ran now."""
    with transaction() as session:
        heartbeats.beat(session, name=heartbeats.JOBS, now=utc_now())
