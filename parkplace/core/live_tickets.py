"""Topics that carry their own right to be heard, for people whom no cookie names.

A guest's right to a booking is the manage token, and a URL that lasts must not hold that. A ticket
opens nothing: who has it hears *that* a booking changed, for a day or a little longer, and never
what it is.
"""

import base64
import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from parkplace.core.errors import Forbidden
from parkplace.core.keys import derived_key

LASTS = timedelta(hours=24)
# Tickets end together, so that a page that reads again gets the one it has, and stays connected.
STEP = timedelta(hours=12)
_BETWEEN = "~"


def with_ticket(topic: str, *, now: datetime) -> str:
    """Return a topic with a ticket behind it: when it ends, and a signature over both."""
    step = int(STEP.total_seconds())
    until = int((now + LASTS).timestamp() // step + 1) * step
    return f"{topic}{_BETWEEN}{until}.{_signature(topic, until)}"


class TicketOver(Forbidden):
    """Raised for a ticket that was good once."""

    code = "ticket_over"


def read_ticket(asked: str, *, now: datetime) -> str | None:
    """Return the topic that a ticket is for; None when there is no ticket, or it is no good.

    Raises:
        TicketOver: It was good once; whoever shows the page has a new one.
    """
    topic, _, ticket = asked.partition(_BETWEEN)
    until, _, signature = ticket.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12):  # noqa: PLR2004
        return None
    right = _signature(topic, int(until)).encode()
    if not hmac.compare_digest(right, signature.encode(errors="replace")):
        return None
    if now.timestamp() >= int(until):
        raise TicketOver("This ticket is over. Load the page again.", field="topic")
    return topic


def _signature(topic: str, until: int) -> str:
    said = f"{until}/{topic}".encode(errors="replace")
    signed = hmac.digest(derived_key("live-ticket"), said, sha256)
    return base64.urlsafe_b64encode(signed[:16]).decode().rstrip("=")
