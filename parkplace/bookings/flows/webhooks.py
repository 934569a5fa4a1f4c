"""What Stripe tells us, in whatever order and however often it does."""

from datetime import datetime

from parkplace.bookings.flows.cards import setup_event
from parkplace.bookings.flows.charges import charge_event
from parkplace.payments.answers import Event
from parkplace.payments.flows import onboarding


def receive(event: Event, *, now: datetime) -> None:
    """Act on one verified event; events that concern nothing of ours are passed over.

    An event is only a hint to look: the object is read from Stripe and applied forwards, so late,
    doubled and reordered events end in the same state. The event's id and its effect are written
    in one transaction.

    Raises:
        GatewayUnavailable: The object could not be read; Stripe will send the event again.
    """
    if event.type.startswith(("checkout.session.", "setup_intent.")):
        setup_event(event, now=now)
    elif event.type.startswith("payment_intent."):
        charge_event(event, now=now)
    elif event.type.startswith("account."):
        onboarding.account_event(event, now=now)
