"""A host's spaces, and offering them or not."""

from collections.abc import AsyncGenerator

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.ids import read_id
from parkplace.spaces import service
from parkplace.spaces.queries import SpaceNotFound
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.pages.host import view
from parkplace.web.pages.host.reading import look
from parkplace.web.run import run
from parkplace.web.session import require_user, session_token
from parkplace.web.words import locale_of

WAITING, STRANGER, EMPTY, LIST = "waiting", "stranger", "empty", "list"


class HostState(rx.State):
    """A page of a host's spaces.

    Attributes:
        older: The address of the next page; empty on the last one.
        further: Whether this is not the first page.
        busy: The space whose change is on its way.
    """

    stage: str = WAITING
    rows: list[view.Row] = []
    older: str = ""
    further: bool = False
    busy: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the page of the list that the address names."""
        self.busy = ""
        await self._look()

    @rx.event
    async def publish(self, space: str) -> AsyncGenerator[EventSpec | None, None]:
        """Offer a space to drivers."""
        async for event in self._change(space, publish=True):
            yield event

    @rx.event
    async def pause(self, space: str) -> AsyncGenerator[EventSpec | None, None]:
        """Take a space out of the search until it is published again."""
        async for event in self._change(space, publish=False):
            yield event

    async def _change(self, space: str, *, publish: bool) -> AsyncGenerator[EventSpec | None, None]:
        self.busy = space
        yield
        token, now, space_id = session_token(self), clock.utc_now(), read_id(str(space))

        def change(session: Session) -> None:
            user = require_user(session, token)
            if space_id is None:
                raise SpaceNotFound("There is no such space. Look for it among yours.")
            move = service.publish if publish else service.pause
            move(session, actor=user, space_id=space_id, now=now)

        try:
            await run(change)
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        else:
            done = "Published. Drivers can find it now." if publish else "Paused. Bookings stand."
            yield ui.toast(done)
        finally:
            self.busy = ""
        await self._look()

    async def _look(self) -> None:
        after = self.router.url.query_parameters.get("after", "")
        token, locale = session_token(self), locale_of(self.router.headers.accept_language)
        seen = await run(lambda session: look(session, token=token, after=after, locale=locale))
        self.rows, self.older, self.further = seen.rows, seen.older, bool(after)
        self.stage = (LIST if seen.rows else EMPTY) if seen.known else STRANGER
