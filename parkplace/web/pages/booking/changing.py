"""What a driver changes: calls it off, ends it, says which car; and the host's answer."""

from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.bookings import calendar, offers, queries, service
from parkplace.bookings.access import Caller
from parkplace.core import clock
from parkplace.core.errors import DomainError, Invalid
from parkplace.core.texts import clean_text
from parkplace.web import ui, words
from parkplace.web.errors import by_field
from parkplace.web.pages.booking.acting import Answer, act, refused, tried
from parkplace.web.pages.booking.reading import asking, named
from parkplace.web.pages.booking.state import BookingState
from parkplace.web.run import run

# The ids of dialogs.
CANCEL, LEAVE, PLATE, DECLINE = "cancel-booking", "end-now", "change-plate", "decline"
WHY_MOST = 500


class ChangeState(rx.State):
    """What is typed and asked around changes.

    Attributes:
        leaving: What ending the stay now would mean.
        errors: What is wrong with the plate that was typed.
    """

    leaving: str = ""
    errors: dict[str, str] = {}

    @rx.event
    async def load(self) -> None:
        """Begin anew."""
        self.leaving, self.errors = "", {}

    @rx.event
    async def cancel(self) -> Answer:
        """Call the booking off, or let the hold go."""
        now = clock.utc_now()
        return await act(
            self,
            lambda session, booking_id, caller: service.cancel(
                session, booking_id=booking_id, caller=caller, now=now
            ),
        )

    @rx.event
    async def ask_to_leave(self) -> Answer | EventSpec:
        """Say what ending the stay now would cost, and ask."""
        who, now = asking(self), clock.utc_now()
        locale = words.locale_of(self.router.headers.accept_language)

        def cost(session: Session) -> str:
            booking_id, caller = named(who), who.caller(session)
            booking = queries.view(session, booking_id=booking_id, caller=caller, now=now)
            price = offers.if_left_now(session, booking_id=booking_id, caller=caller, now=now)
            return words.leaving(price.total, booked=booking.total, locale=locale)

        try:
            self.leaving = await run(cost)
        except DomainError as error:
            return refused(error)
        return ui.open_dialog(LEAVE)

    @rx.event
    async def leave(self) -> Answer:
        """End the stay now."""
        now = clock.utc_now()
        return await act(
            self,
            lambda session, booking_id, caller: service.leave(
                session, booking_id=booking_id, caller=caller, now=now
            ),
        )

    @rx.event
    async def change_plate(self, form: dict[str, Any]) -> Answer:
        """Say which vehicle will stand there."""
        typed = {"plate": str(form.get("plate", "")), "region": str(form.get("plate_region", ""))}
        now = clock.utc_now()

        def change(session: Session, booking_id: UUID, caller: Caller) -> None:
            service.change_plate(session, booking_id=booking_id, caller=caller, **typed, now=now)

        self.errors = {}
        try:
            await tried(self, change)
        except Invalid as error:
            self.errors = by_field(error)
            return []
        except DomainError as error:
            return refused(error)
        return [ui.close_dialog(PLATE), BookingState.refresh()]

    @rx.event
    async def approve(self) -> Answer:
        """Say yes to a request."""
        now = clock.utc_now()
        return await act(
            self,
            lambda session, booking_id, caller: service.approve(
                session, booking_id=booking_id, caller=caller, now=now
            ),
        )

    @rx.event
    async def decline(self, form: dict[str, Any]) -> Answer:
        """Say no to a request, with words for the driver."""
        typed, now = str(form.get("why", "")), clock.utc_now()
        try:
            why = clean_text(typed, field="why", most=WHY_MOST, lines=True)
        except Invalid as error:
            self.errors = by_field(error)
            return []
        steps = await act(
            self,
            lambda session, booking_id, caller: service.decline(
                session, booking_id=booking_id, caller=caller, why=why, now=now
            ),
        )
        return [ui.close_dialog(DECLINE), *steps]

    @rx.event
    async def save_appointment(self) -> EventSpec:
        """Hand out the stay as a file for calendars; a plain link could not ask for guests."""
        who, now = asking(self), clock.utc_now()
        text = await run(
            lambda session: calendar.calendar_file(
                session, booking_id=named(who), caller=who.caller(session), now=now
            )
        )
        return rx.download(data=text, filename="parking.ics", mime_type="text/calendar")
