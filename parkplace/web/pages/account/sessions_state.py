"""Where somebody is signed in."""

from collections.abc import AsyncGenerator, Callable

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.accounts import revoking
from parkplace.accounts.revoking import SessionUnknown
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.ids import read_id
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.pages.account import view
from parkplace.web.pages.account.reading import devices
from parkplace.web.run import run
from parkplace.web.session import origin, require_session, session_token

LIST = "devices"  # where the focus goes when a line of it is gone


class SessionsState(rx.State):
    """Open sessions.

    Attributes:
        devices: Where somebody is signed in, this browser first.
        elsewhere: Whether there are others.
        busy: The session that is being ended; `others` for all the others.
    """

    devices: list[view.Device] = []
    elsewhere: bool = False
    busy: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the list."""
        self.busy = ""
        await self._look()

    @rx.event
    async def end(self, session_id: str) -> AsyncGenerator[EventSpec | None, None]:
        """Sign one device out."""
        token, where, now = session_token(self), origin(self), clock.utc_now()
        wanted = read_id(str(session_id))

        def revoke(session: Session) -> None:
            own = require_session(session, token)
            if wanted is None:
                raise SessionUnknown("There is no such session. It may be over already.")
            revoking.revoke(session, user=own.user, session_id=wanted, origin=where, now=now)

        async for event in self._end(revoke, str(session_id), "That device is signed out."):
            yield event

    @rx.event
    async def end_others(self) -> AsyncGenerator[EventSpec | None, None]:
        """Sign every other device out."""
        token, where, now = session_token(self), origin(self), clock.utc_now()

        def revoke(session: Session) -> None:
            own = require_session(session, token)
            revoking.revoke_others(
                session, user=own.user, kept=own.session_id, origin=where, now=now
            )

        async for event in self._end(revoke, "others", "Every other device is signed out."):
            yield event

    async def _end(
        self, revoke: Callable[[Session], None], busy: str, done: str
    ) -> AsyncGenerator[EventSpec | None, None]:
        self.busy = busy
        yield None
        try:
            await run(revoke)
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        else:
            yield ui.toast(done)
            yield ui.focus(LIST)
        finally:
            self.busy = ""
        await self._look()

    async def _look(self) -> None:
        token, now = session_token(self), clock.utc_now()
        self.devices = await run(lambda session: devices(session, token=token, now=now))
        self.elsewhere = any(not device.here for device in self.devices)
