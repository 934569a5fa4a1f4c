"""Expires holds, begins stays and ends them."""

from parkplace.bookings import clockwork
from parkplace.core.clock import utc_now


def run() -> None:
    """Let the clock act on every booking whose moment has come."""
    now = utc_now()
    clockwork.expire_holds(now=now)
    clockwork.begin_stays(now=now)
    clockwork.end_stays(now=now)
