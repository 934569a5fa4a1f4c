"""Paying: the card page, the bank's page, and holding again what ran out."""

from collections.abc import AsyncGenerator
from uuid import UUID

import reflex as rx
from reflex.event import EventType

from parkplace.accounts.manage_links import manage_token
from parkplace.bookings import holding, standing
from parkplace.bookings.flows import cards, charges
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import routes
from parkplace.web.pages.booking.acting import act, address_of, refused
from parkplace.web.pages.booking.reading import asking, kept_card, named
from parkplace.web.run import run

Steps = AsyncGenerator[EventType[()] | None, None]


class PayState(rx.State):
    """Paying for a booking.

    Attributes:
        pending: What is on its way: `pay`, `saved`, `confirm` or `again`; empty when nothing is.
        saved: The card that the driver's account offers first; empty when there is none.
    """

    pending: str = ""
    saved: str = ""
    _method: UUID | None = None

    @rx.event
    async def load(self) -> None:
        """Begin anew, and look which card is kept."""
        self.pending = ""
        who, now = asking(self), clock.utc_now()
        self.saved, self._method = await run(lambda session: kept_card(session, who=who, now=now))

    @rx.event
    async def pay(self) -> Steps:
        """Go to the page where a card is saved."""
        self.pending = "pay"
        yield
        now = clock.utc_now()
        steps = await address_of(
            self,
            lambda booking_id, caller: cards.open_card_page(
                booking_id=booking_id, caller=caller, now=now
            ),
        )
        self.pending = ""
        for step in steps:
            yield step

    @rx.event
    async def use_saved(self) -> Steps:
        """Pay with the card that is kept, without a page of Stripe's."""
        method, now = self._method, clock.utc_now()
        if method is None:
            yield PayState.pay
            return
        self.pending = "saved"
        yield
        steps = await act(
            self,
            lambda session, booking_id, caller: holding.use_card(
                session, booking_id=booking_id, caller=caller, method_id=method, now=now
            ),
        )
        self.pending = ""
        for step in steps:
            yield step

    @rx.event
    async def confirm(self) -> Steps:
        """Go to the bank's page, where a payment is confirmed."""
        self.pending = "confirm"
        yield
        steps = await address_of(
            self,
            lambda booking_id, caller: charges.open_confirm_page(
                booking_id=booking_id, caller=caller
            ),
        )
        self.pending = ""
        for step in steps:
            yield step

    @rx.event
    async def hold_again(self) -> Steps:
        """Hold once more what ran out, and go to the new booking."""
        self.pending = "again"
        yield
        try:
            booking_id = await self._held_again()
        except DomainError as error:
            for step in refused(error):
                yield step
            return
        finally:
            self.pending = ""
        guest = asking(self).guest
        yield rx.redirect(
            routes.guest_booking(manage_token(booking_id)) if guest else routes.booking(booking_id)
        )

    async def _held_again(self) -> UUID:
        who, now = asking(self), clock.utc_now()
        return await run(
            lambda session: standing.hold_again(
                session, booking_id=named(who), caller=who.caller(session), now=now
            )
        )
