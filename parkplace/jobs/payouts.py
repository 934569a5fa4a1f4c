"""Finishes payouts that were begun, and tells Stripe of cards that were forgotten."""

from parkplace.bookings.flows import wallet
from parkplace.core.clock import utc_now
from parkplace.payments.flows import payouts


def run() -> None:
    """Send what nobody is sending; then what else Stripe could not be told at the time."""
    payouts.finish_open(now=utc_now())
    wallet.tell_stripe()
