"""Sends the e-mails that are due."""

from parkplace.core.clock import utc_now
from parkplace.notifications.send import send_due


def run() -> None:
    """Send what lies in the outbox."""
    send_due(now=utc_now())
