"""Moving the end of a stay: what it would cost is seen before it is done."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from parkplace.bookings import offers, queries, service
from parkplace.bookings.access import Caller
from parkplace.bookings.queries import BookingView
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.times import Period, RepeatedTime
from parkplace.web import stays, ui, words
from parkplace.web.pages.booking import view
from parkplace.web.pages.booking.acting import Answer, refused, tried
from parkplace.web.pages.booking.reading import Asking, asking, named
from parkplace.web.pages.booking.state import BookingState
from parkplace.web.run import run
from parkplace.web.stays import FIRST, SECOND, Stay

MINUTES = (30, 60, 120)  # what is offered at a press, beyond the end as booked
USUAL = 60


class ExtendState(rx.State):
    """Another end, proposed and not yet confirmed.

    Attributes:
        proposal: What it would mean; empty while there is none that could be had.
        typed: The end as it stands in the field.
        error: What is wrong with it.
        passes: The two moments that a doubled time can mean, in words; else empty.
    """

    opened: bool = False
    pending: bool = False
    proposal: view.Proposal = view.Proposal()
    typed: str = ""
    error: str = ""
    passes: list[str] = []
    _until: datetime | None = None

    @rx.event
    async def load(self) -> None:
        """Begin anew."""
        self.opened, self.pending = False, False

    @rx.event
    async def open(self) -> Answer | None:
        """Ask until when, beginning with an hour more."""
        try:
            await self._propose(_later(USUAL))
        except DomainError as error:
            return refused(error)
        self.opened = True
        return None

    @rx.event
    async def close(self) -> None:
        """Leave the end as it is."""
        self.opened = False

    @rx.event
    async def add(self, minutes: int) -> None:
        """Propose an end some minutes after the one that is booked."""
        if minutes in MINUTES:
            await self._propose(_later(minutes))

    @rx.event
    async def show(self, form: dict[str, Any]) -> None:
        """Propose the end that was typed."""
        self.typed = str(form.get("until", ""))[:16]
        await self._propose(lambda booking: _read(booking, self.typed, ""))

    @rx.event
    async def choose(self, which: str) -> None:
        """Say which pass of a time that happens twice is meant."""
        if which in {FIRST, SECOND}:
            await self._propose(lambda booking: _read(booking, self.typed, which))

    @rx.event
    async def confirm(self) -> Answer:
        """Move the end to what was proposed."""
        until, now = self._until, clock.utc_now()
        if until is None:
            return []

        def move(session: Session, booking_id: UUID, caller: Caller) -> None:
            service.change_end(
                session, booking_id=booking_id, caller=caller, ends_at=until, now=now
            )

        try:
            await tried(self, move)
        except DomainError as error:
            self.error, self._until, self.proposal = error.message, None, view.Proposal()
            return [BookingState.refresh()]
        self.opened = False
        return [ui.toast(self.proposal.done), BookingState.refresh()]

    async def _propose(self, end_of: Callable[[BookingView], datetime]) -> None:
        who, now = asking(self), clock.utc_now()
        self.error, self.passes, self._until = "", [], None
        self.proposal = view.Proposal()
        booking = await run(
            lambda session: queries.view(
                session, booking_id=named(who), caller=who.caller(session), now=now
            )
        )
        locale = words.locale_of(self.router.headers.accept_language)
        try:
            ends_at = end_of(booking)
            self.typed = stays.written(
                Period(booking.starts_at, ends_at), timezone=booking.timezone
            ).ends
            await self._price(who, booking, ends_at, locale=locale, now=now)
        except RepeatedTime as error:
            self.error = error.message
            self.passes = list(words.passes(error, timezone=booking.timezone, locale=locale))
        except DomainError as error:
            self.error = error.message

    async def _price(
        self, who: Asking, booking: BookingView, ends_at: datetime, *, locale: str, now: datetime
    ) -> None:
        price = await run(
            lambda session: offers.with_other_end(
                session,
                booking_id=booking.id,
                caller=who.caller(session),
                ends_at=ends_at,
                now=now,
            )
        )
        self.proposal = view.proposal(booking, price, ends_at=ends_at, locale=locale)
        self._until = ends_at


def _later(minutes: int) -> Callable[[BookingView], datetime]:
    return lambda booking: booking.ends_at + timedelta(minutes=minutes)


def _read(booking: BookingView, typed: str, which: str) -> datetime:
    """Return the instant that a typed end means.

    Raises:
        TimeNeeded, SkippedTime, RepeatedTime, EmptyPeriod: It means none, or two.
    """
    start = stays.written(Period(booking.starts_at, booking.ends_at), timezone=booking.timezone)
    stay = Stay(start.starts, typed, start.starts_pass, which)
    return stays.read(stay, timezone=booking.timezone).ends_at
