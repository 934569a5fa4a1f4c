"""The vehicles somebody drives."""

from collections.abc import AsyncGenerator, Callable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.accounts import vehicles
from parkplace.accounts.models import User
from parkplace.accounts.vehicles import VehicleNotFound
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.ids import read_id
from parkplace.web import ui
from parkplace.web.errors import by_field, words
from parkplace.web.pages.account import view
from parkplace.web.pages.account.vehicle_form import draft, typed_of
from parkplace.web.run import run
from parkplace.web.session import require_user, session_token, signed_in

DIALOG = "vehicle"
ADD = "add-vehicle"  # the button


class VehiclesState(rx.State):
    """Vehicles, the default first.

    Attributes:
        full: Whether there are as many as one person drives.
        form: Names the form that is open, so that each begins with its own values.
        editing: The vehicle whose form is open; empty for a new one.
        typed: What that form begins with, by field.
        asked: The vehicle that may be removed, while its person is asked.
    """

    cars: list[view.Car] = []
    full: bool = False
    form: int = 0
    editing: str = ""
    typed: dict[str, str] = {}
    wrong: dict[str, str] = {}
    asked: str = ""
    busy: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the list."""
        self.busy, self.wrong, self.asked = "", {}, ""
        await self._look()

    @rx.event
    async def add(self) -> AsyncGenerator[EventSpec | None, None]:
        """Open an empty form."""
        self.form += 1
        self.editing, self.typed, self.wrong = "", typed_of(None), {}
        yield ui.open_dialog(DIALOG)

    @rx.event
    async def edit(self, vehicle: str) -> AsyncGenerator[EventSpec | None, None]:
        """Open the form of a vehicle."""
        token = session_token(self)

        def read(session: Session) -> dict[str, str]:
            user = require_user(session, token)
            return typed_of(vehicles.own(session, user=user, vehicle_id=_id(vehicle)))

        try:
            self.typed = await run(read)
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
            return
        self.form += 1
        self.editing, self.wrong = str(vehicle), {}
        yield ui.open_dialog(DIALOG)

    @rx.event
    async def save(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Keep what was typed."""
        token, editing, now = session_token(self), self.editing, clock.utc_now()

        def keep(session: Session) -> None:
            user, wanted = require_user(session, token), draft(form)
            if editing:
                vehicles.change(session, user=user, vehicle_id=_id(editing), draft=wanted, now=now)
            else:
                vehicles.add(session, user=user, draft=wanted, now=now)

        self.busy, self.wrong = "form", {}
        yield
        try:
            await run(keep)
        except DomainError as error:
            self.wrong = by_field(error)
            yield ui.focus(f"field-{error.field}")
        else:
            await self._look()
            yield ui.close_dialog(DIALOG)
            if not editing:
                yield ui.focus(ADD)
            yield ui.toast("Saved.")
        finally:
            self.busy = ""

    @rx.event
    async def make_default(self, vehicle: str) -> AsyncGenerator[EventSpec | None, None]:
        """Fill this vehicle in when its driver books."""
        now = clock.utc_now()

        def change(session: Session, user: User) -> None:
            row = vehicles.own(session, user=user, vehicle_id=_id(vehicle))
            same = vehicles.draft_of(row)
            vehicles.change(
                session, user=user, vehicle_id=row.id, draft=same, is_default=True, now=now
            )

        async for event in self._do(str(vehicle), change):
            yield event

    @rx.event
    def ask(self, vehicle: str) -> EventSpec:
        """Ask before a vehicle is removed."""
        self.asked = str(vehicle)
        return ui.open_dialog("remove-vehicle")

    @rx.event
    async def remove(self) -> AsyncGenerator[EventSpec | None, None]:
        """Forget the vehicle that was asked about."""
        vehicle, self.asked = self.asked, ""

        def forget(session: Session, user: User) -> None:
            vehicles.remove(session, user=user, vehicle_id=_id(vehicle))

        async for event in self._do(vehicle, forget):
            yield event
        if all(car.id != vehicle for car in self.cars):
            yield ui.focus(ADD)

    async def _do(
        self, vehicle: str, change: Callable[[Session, User], None]
    ) -> AsyncGenerator[EventSpec | None, None]:
        token, self.busy = session_token(self), vehicle
        yield
        try:
            await run(lambda session: change(session, require_user(session, token)))
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        finally:
            self.busy = ""
        await self._look()

    async def _look(self) -> None:
        token = session_token(self)

        def read(session: Session) -> list[view.Car]:
            user = signed_in(session, token)
            return [] if user is None else list(map(view.vehicle, vehicles.of(session, user=user)))

        self.cars = await run(read)
        self.full = len(self.cars) >= vehicles.MOST


def _id(vehicle: str) -> UUID:
    found = read_id(str(vehicle))
    if found is None:
        raise VehicleNotFound("There is no such vehicle. Look for it among yours.")
    return found
