"""What is kept about somebody: the log, the export, and the end of it all."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from parkplace.accounts.second_factor import SecondFactorNeeded
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import ui
from parkplace.web.errors import by_field
from parkplace.web.frame import FrameState
from parkplace.web.pages.account import reading, view
from parkplace.web.pages.account.deleting import delete
from parkplace.web.pages.account.state import AccountState
from parkplace.web.run import aside, run
from parkplace.web.session import origin, session_token
from parkplace.web.words import locale_of

DIALOG = "delete-account"


class DataState(rx.State):
    """What is kept about somebody.

    Attributes:
        happened: A page of the log, the newest first.
        older: The address of its next page; empty on the last one.
        further: Whether this is not its first page.
        locale: How the reader writes days, such as `en-US`.
        obstacle: Why the account cannot be deleted yet; empty when it can.
        has_password: Whether there is one to repeat.
        two_factor: Whether a code is asked for too.
        wrong: What is wrong with what was typed, by field.
    """

    happened: list[view.Happened] = []
    older: str = ""
    further: bool = False
    locale: str = "en-US"
    obstacle: str = ""
    has_password: bool = False
    two_factor: bool = False
    busy: bool = False
    wrong: dict[str, str] = {}

    @rx.event
    async def load(self) -> None:
        """Read the page of the log that the address names, and whether the account may go."""
        self.busy, self.wrong = False, {}
        before = self.router.url.query_parameters.get("before", "")
        token, now = session_token(self), clock.utc_now()
        seen = await run(lambda session: reading.data(session, token=token, before=before, now=now))
        self.happened, self.older, self.further = list(seen.happened), seen.older, bool(before)
        self.locale = locale_of(self.router.headers.accept_language).replace("_", "-")
        self.obstacle, self.has_password = seen.obstacle, seen.has_password
        self.two_factor = seen.two_factor

    @rx.event
    async def leave(self, form: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Delete the account, or say why not."""
        token, where, now = session_token(self), origin(self), clock.utc_now()
        password, code = str(form.get("password", "")), str(form.get("code", ""))
        self.busy, self.wrong = True, {}
        yield
        try:
            await aside(lambda: delete(token, password=password, code=code, origin=where, now=now))
        except DomainError as error:
            # Switched on meanwhile: the field for the code comes now.
            self.two_factor = self.two_factor or isinstance(error, SecondFactorNeeded)
            self.wrong = by_field(error)
            yield ui.focus(f"field-{error.field}")
            return
        finally:
            self.busy = False
        yield ui.close_dialog(DIALOG)
        yield AccountState.farewell
        yield FrameState.load
