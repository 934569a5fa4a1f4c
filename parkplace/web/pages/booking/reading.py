"""Which booking the address names, who asks for it, and what the page reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from parkplace.accounts.manage_links import read_manage_token
from parkplace.bookings import offers, queries
from parkplace.bookings.access import Caller
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.moves import Role
from parkplace.core.errors import NotFound
from parkplace.core.live_tickets import with_ticket
from parkplace.core.times import Period
from parkplace.payments import methods
from parkplace.web import routes, session, ui
from parkplace.web.nearby import nearest
from parkplace.web.pages.booking import view

_GUESTS = routes.GUEST_BOOKING.rsplit("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Asking:
    """What the address and the cookie claim; `booking_id` is None when they name no booking."""

    booking_id: UUID | None
    guest: bool
    cookie: str | None

    def caller(self, opened: Session) -> Caller:
        """Return who is asking, as services want to know it."""
        if self.guest:
            return Caller(manages=self.booking_id)
        return session.caller(opened, self.cookie)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of a booking.

    Attributes:
        again: Whether what expired is still free.
        nearest: Free spaces nearby, when it is not.
        topics: What to listen to; guests' topics carry a ticket.
    """

    page: view.Page
    again: bool
    nearest: list[ui.Deed]
    topics: list[str]


def kept_card(opened: Session, *, who: Asking, now: datetime) -> tuple[str, UUID | None]:
    """Return the first card, still good, that a driver's account keeps: its label and its id."""
    user = None if who.guest else session.signed_in(opened, who.cookie)
    for card in [] if user is None else methods.of(opened, user=user):
        if (card.exp_year, card.exp_month) >= (now.year, now.month):
            return methods.label(card), card.id
    return "", None


def asking(state: rx.State) -> Asking:
    """Return which booking a page is about and who asks for it."""
    folder, _, name = state.router.url.path.rstrip("/").rpartition("/")
    if folder == _GUESTS:
        # The token is the guest's whole right: read from the address each time, kept nowhere.
        return Asking(read_manage_token(name), guest=True, cookie=None)
    try:
        booking_id = UUID(name)
    except ValueError:
        booking_id = None
    return Asking(booking_id, guest=False, cookie=session.session_token(state))


def look(opened: Session, *, who: Asking, locale: str, now: datetime) -> Seen:
    """Read all that the page shows.

    Raises:
        BookingNotFound: There is none that is any business of theirs.
    """
    booking_id, caller = named(who), who.caller(opened)
    booking = queries.view(opened, booking_id=booking_id, caller=caller, now=now)
    events = queries.events(opened, booking_id=booking_id, caller=caller)
    again, others = _instead(opened, booking, locale=locale, now=now)
    topics = [f"booking:{booking_id}"]
    if who.guest:
        topics = [with_ticket(topic, now=now) for topic in topics]
    if "hold_again" in booking.can:
        topics.append(f"space:{booking.space_id}")
    return Seen(view.page(booking, events, locale=locale, now=now), again, others, topics)


def named(who: Asking) -> UUID:
    """Return the booking that is asked for.

    Raises:
        NotFound: The address names none.
    """
    if who.booking_id is None:
        raise NotFound("This link opens no booking. Check that it is complete.")
    return who.booking_id


def _instead(
    opened: Session, booking: queries.BookingView, *, locale: str, now: datetime
) -> tuple[bool, list[ui.Deed]]:
    """Return whether what is lost can be had again, and what else there is if not."""
    lost = booking.status in {BookingStatus.EXPIRED, BookingStatus.DECLINED}
    if not lost or booking.role == Role.HOST or booking.ends_at <= now:
        return False, []
    period = Period(booking.starts_at, booking.ends_at)
    if "hold_again" in booking.can and _free(opened, booking, period, now=now):
        return True, []
    return False, nearest(
        opened,
        point=booking.point,
        period=period,
        but=booking.space_id,
        locale=locale,
        now=now,
    )


def _free(opened: Session, booking: queries.BookingView, period: Period, *, now: datetime) -> bool:
    try:
        offer = offers.offer(opened, space_id=booking.space_id, period=period, now=now)
    except NotFound:
        return False  # it is not listed any more
    return offer.refusal is None and offer.free > 0
