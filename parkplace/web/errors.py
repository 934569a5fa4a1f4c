"""What people read when something cannot be done, and when something broke."""

import logging

from reflex.event import EventSpec
from reflex_base.event.context import EventContext

from parkplace.core.errors import DomainError
from parkplace.core.logs import incident
from parkplace.web.ui.browser import toast

log = logging.getLogger(__name__)

FORM = ""  # the field of errors that concern the form as a whole


def words(error: DomainError) -> str:
    """Return the sentence for the person."""
    return error.message


def by_field(error: DomainError) -> dict[str, str]:
    """Return the sentence under the name of the field at fault, for the forms' `error` texts.

    The key is `FORM` when no single field is at fault.
    """
    return {error.field or FORM: error.message}


def unexpected(error: BaseException) -> str:
    """Log what broke and return a sentence with the number under which it is found."""
    number = incident(log, error)
    return (
        f"Something broke on our side, and nothing was changed. Try again; if it stays, "
        f"write to us with the number {number}."
    )


def handle_exception(exception: Exception) -> list[EventSpec]:
    """Answer an exception that left a handler: the app's last resort.

    What the domain refused is shown in its own words; anything else is logged, and the person
    sees its number.
    """
    if isinstance(exception, DomainError):
        return [toast(words(exception), kind="wrong")]
    return [toast(unexpected(exception), kind="wrong")]


def event_name() -> str | None:
    """Return the name of the event that a page is being answered, for the log; None outside."""
    try:
        return f"event-{EventContext.get().txid}"
    except LookupError:
        return None
