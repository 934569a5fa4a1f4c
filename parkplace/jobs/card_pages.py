"""Asks Stripe about card pages that are still open, in case its webhook never came."""

from datetime import timedelta

from parkplace.bookings.flows import cards
from parkplace.core.clock import utc_now

# Stripe closes a card page after a day at the latest; drivers are done in minutes.
LOOK_BACK = timedelta(hours=1)


def run() -> None:
    """Finish every visit that Stripe knows the end of."""
    now = utc_now()
    cards.finish_open_pages(since=now - LOOK_BACK, now=now)
