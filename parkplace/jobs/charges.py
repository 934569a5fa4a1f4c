"""Charges what is due, and retries what was declined."""

from parkplace.bookings import clockwork
from parkplace.core.clock import utc_now


def run() -> None:
    """Try every charge whose time has come."""
    clockwork.charge_due(now=utc_now())
