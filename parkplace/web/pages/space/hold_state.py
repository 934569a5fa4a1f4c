"""The booking step: who books, with which vehicle, and then the hold."""

import secrets
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec, EventType
from sqlmodel import Session

from parkplace.accounts.manage_links import manage_token
from parkplace.bookings import standing
from parkplace.bookings.access import NOBODY
from parkplace.core import clock, limits
from parkplace.core.errors import DomainError, Forbidden, Invalid, NotFound
from parkplace.web import routes
from parkplace.web.errors import FORM, by_field, words
from parkplace.web.pages.space.address import space_id_of, stay_query
from parkplace.web.pages.space.reading import own_plate, period_of, whose
from parkplace.web.pages.space.state import SpaceState
from parkplace.web.run import aside, run
from parkplace.web.session import address, caller, session_token

FIELDS = ("email", "plate", "plate_region")


class HoldState(rx.State):
    """What is typed to book a space, and what became of it.

    Attributes:
        email: Of the account that is signed in; empty for guests.
        plate, region: Of the vehicle that this account drives first.
        mine: Whether this person has a bay here for some of the time already.
        lost: What happened when the space could not be held.
    """

    opened: bool = False
    pending: bool = False
    errors: dict[str, str] = {}
    lost: str = ""
    email: str = ""
    plate: str = ""
    region: str = ""
    mine: bool = False
    sign_in: str = routes.SIGN_IN
    _key: str = ""
    _held: UUID | None = None
    _mine: UUID | None = None

    @rx.event
    async def load(self) -> None:
        """Begin anew: who is there, and what they have here already."""
        self.opened, self.pending, self.errors, self.lost = False, False, {}, ""
        self._key = secrets.token_urlsafe(24)
        await self._check()

    @rx.event
    async def check(self) -> None:
        """Look who is there and what they have here already; what is typed stays."""
        await self._check()

    @rx.event
    async def open(self) -> None:
        """Ask for what is needed to book."""
        self.opened, self.errors, self.lost = True, {}, ""

    @rx.event
    async def close(self) -> None:
        """Put the form away."""
        self.opened = False

    @rx.event
    async def hold(self, form: dict[str, Any]) -> AsyncGenerator[EventType[()] | None, None]:
        """Hold the space, and go on to the booking; or say why not."""
        self.pending, self.errors, self.lost = True, {}, ""
        yield
        try:
            booking_id, guest = await self._hold(form)
        except DomainError as error:
            self._refused(error)
            if self.lost:
                yield SpaceState.refresh
            return
        finally:
            self.pending = False
        self.opened = False
        self._held = booking_id if guest else None
        yield rx.redirect(_page(booking_id, guest=guest))

    @rx.event
    async def open_mine(self) -> EventSpec | None:
        """Go to the booking that this person has here already."""
        return None if self._mine is None else rx.redirect(_page(self._mine, guest=not self.email))

    async def _check(self) -> None:
        space_id, query = space_id_of(self), stay_query(self)
        if space_id is None:
            return
        self.sign_in = routes.sign_in(then=routes.with_query(routes.space(space_id), query))
        token, held, now = session_token(self), self._held, clock.utc_now()
        self.email, self._mine = await run(
            lambda session: whose(
                session, space_id=space_id, token=token, query=query, held=held, now=now
            )
        )
        self.plate, self.region = await run(lambda session: own_plate(session, token=token))
        self.mine = self._mine is not None

    async def _hold(self, form: dict[str, Any]) -> tuple[UUID, bool]:
        space_id, query, token = space_id_of(self), stay_query(self), session_token(self)
        typed = {name: str(form.get(name, "")) for name in FIELDS}
        # A tab that outlived a restart of the server comes without one.
        key = self._key = self._key or secrets.token_urlsafe(24)
        now, network = clock.utc_now(), limits.network(address(self))
        if space_id is None:
            raise NotFound("This address names no space. Look for it on the map.")

        def hold(session: Session) -> tuple[UUID, bool]:
            asking = caller(session, token)
            period = period_of(session, space_id=space_id, token=token, query=query, now=now)
            booking_id = standing.hold_once(
                session,
                caller=asking,
                space_id=space_id,
                period=period,
                key=key,
                **typed,
                now=now,
            )
            return booking_id, asking == NOBODY

        await aside(lambda: limits.hit(limits.BOOK, network))
        return await run(hold)

    def _refused(self, error: DomainError) -> None:
        if isinstance(error, Invalid) and error.field in FIELDS:
            self.errors = by_field(error)
        elif isinstance(error, Forbidden):
            self.errors = {FORM: words(error)}
        else:
            # The space or the time is the matter, and the page shows what else there is.
            self.opened, self.lost = False, words(error)


def _page(booking_id: UUID, *, guest: bool) -> str:
    return routes.guest_booking(manage_token(booking_id)) if guest else routes.booking(booking_id)
