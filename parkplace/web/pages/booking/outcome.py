"""What became of a booking, in a heading and a sentence or two."""

from collections.abc import Sequence
from dataclasses import dataclass

from parkplace.bookings.models import BookingEvent, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.queries import BookingView
from parkplace.web import words

_NOBODY_PAYS = "Nothing was charged."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a booking stands: `mood` is `done`, `wrong` or `plain`; no title, nothing to say."""

    title: str = ""
    text: str = ""
    mood: str = "plain"


NOTHING = Outcome()


def outcome(view: BookingView, events: Sequence[BookingEvent], *, locale: str) -> Outcome:
    """Return what is to be said about where a booking stands; nothing while its pass says it."""
    hosting = view.role == Role.HOST
    match view.status:
        case BookingStatus.HELD:
            said = _HELD_FOR_HOST if hosting else NOTHING
        case BookingStatus.REQUESTED:
            said = _requested(view, locale, hosting=hosting)
        case BookingStatus.CONFIRMED | BookingStatus.ACTIVE:
            said = NOTHING
        case BookingStatus.COMPLETED:
            said = _OVER_FOR_HOST if hosting else _completed(view, locale)
        case BookingStatus.EXPIRED:
            said = _expired(view, hosting=hosting)
        case BookingStatus.CANCELLED:
            said = _cancelled(view, events)
        case BookingStatus.DECLINED:
            said = _declined(events, hosting=hosting)
    return said


_HELD_FOR_HOST = Outcome("Someone is booking this", "The bay is held until their card is saved.")
_OVER_FOR_HOST = Outcome("The stay is over", "The bay is free again.")


def _declined(events: Sequence[BookingEvent], *, hosting: bool) -> Outcome:
    said = _why(events, BookingStatus.DECLINED)
    title = "You said no" if hosting else "The host said no"
    return Outcome(title, f"{said}{_NOBODY_PAYS}", "plain" if hosting else "wrong")


def _requested(view: BookingView, locale: str, *, hosting: bool) -> Outcome:
    until = words.clock(view.expires_at, timezone=view.timezone, locale=locale)
    day = words.day(view.expires_at, timezone=view.timezone, locale=locale)
    if hosting:
        return Outcome(
            "Needs your answer",
            f"Somebody asks for this bay. Answer by {until} on {day}; then it is released.",
        )
    return Outcome(
        "Waiting for the host",
        f"Your card is saved, and the bay is kept for you. The host answers by {until} on {day}, "
        "and you get an e-mail. Nothing is charged until you leave.",
        "done",
    )


def _completed(view: BookingView, locale: str) -> Outcome:
    if view.payment_status == PaymentStatus.PAID:
        paid = view.paid.text(locale)
        return Outcome(
            "Paid", f"{paid} was charged to {view.card}. This page is your receipt.", "done"
        )
    if "pay" in view.can:
        return _owed(view, view.due.text(locale))
    if view.due:
        charging = f"{view.due.text(locale)} is being charged to {view.card}."
        return Outcome("The stay is over", charging, "done")
    return Outcome("Nothing to pay", "The stay is over, and it cost you nothing.", "done")


def _owed(view: BookingView, due: str) -> Outcome:
    match view.payment_status:
        case PaymentStatus.NEEDS_ACTION:
            return Outcome(
                "Your bank wants you to confirm",
                f"{due} waits for your yes on your bank's page. You can also pay with another "
                "card.",
                "wrong",
            )
        case PaymentStatus.FAILED:
            return Outcome(
                "Your card could not be charged",
                f"We tried {view.card} several times and were declined. {due} is open: pay with "
                "another card.",
                "wrong",
            )
        case _:
            return Outcome(
                "Your card was declined",
                f"The bank declined {view.card}. We try it again over the next days, or you pay "
                f"{due} with another card now.",
                "wrong",
            )


def _expired(view: BookingView, *, hosting: bool) -> Outcome:
    # A card is kept only once the host was asked.
    if view.card:
        title = "You did not answer in time" if hosting else "The host did not answer in time"
        return Outcome(title, f"The request has run out. {_NOBODY_PAYS}", "wrong")
    if hosting:
        return Outcome("The hold has run out", "No card was saved, so the bay is free again.")
    return Outcome(
        "Your hold has run out",
        f"No card was saved within ten minutes, so the bay was offered again. {_NOBODY_PAYS}",
        "wrong",
    )


def _cancelled(view: BookingView, events: Sequence[BookingEvent]) -> Outcome:
    actor = next(
        (event.actor for event in reversed(events) if event.to_status == BookingStatus.CANCELLED),
        "",
    )
    driving = view.role in {Role.DRIVER, Role.GUEST}
    who = {
        Role.DRIVER: "You" if driving else "The driver",
        Role.GUEST: "You" if driving else "The driver",
        Role.HOST: "You" if view.role == Role.HOST else "The host",
    }.get(Role(actor) if actor else Role.ADMIN, "Park Place")
    said = _why(events, BookingStatus.CANCELLED)
    return Outcome(f"{who} cancelled this booking", f"{said}{_NOBODY_PAYS}")


def _why(events: Sequence[BookingEvent], status: BookingStatus) -> str:
    """Return the words that came with a move, as a sentence of their own."""
    why = next((event.why for event in reversed(events) if event.to_status == status), "")
    return f"“{why.strip()}” " if why.strip() else ""
