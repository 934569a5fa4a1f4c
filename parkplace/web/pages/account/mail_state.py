"""Which letters somebody wants, and how they are written."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.accounts import profiles
from parkplace.accounts.models import HourCycle, OptionalLetter, User
from parkplace.accounts.profiles import ProfileChanges
from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import ui
from parkplace.web.errors import by_field
from parkplace.web.run import run
from parkplace.web.session import require_user, session_token, visitor


class MailState(rx.State):
    """Choices about letters.

    Attributes:
        wanted: Of each optional letter, whether it leaves.
        hours: How letters write a time.
        locale: How they write days and numbers; empty is as in the United States.
    """

    wanted: dict[str, bool] = {}
    hours: str = HourCycle.AUTO
    locale: str = ""
    busy: bool = False
    wrong: dict[str, str] = {}

    @rx.event
    async def load(self) -> None:
        """Read what was chosen."""
        self.busy, self.wrong = False, {}
        user = await visitor(self)
        if user is not None:
            self._show(user)

    @rx.event
    async def save(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Keep what was chosen."""
        token, now = session_token(self), clock.utc_now()
        hours = str(form.get("hours", ""))
        muted = frozenset(str(one) for one in OptionalLetter if f"letter_{one}" not in form)

        def change(session: Session) -> User:
            changes = ProfileChanges(
                muted_letters=muted,
                locale=str(form.get("locale", "")),
                hour_cycle=HourCycle(hours) if hours in set(HourCycle) else HourCycle.AUTO,
            )
            user = require_user(session, token)
            return profiles.change(session, user=user, changes=changes, now=now)

        self.busy, self.wrong = True, {}
        yield
        try:
            self._show(await run(change))
        except DomainError as error:
            self.wrong = by_field(error)
        else:
            yield ui.toast("Saved.")
        finally:
            self.busy = False

    def _show(self, user: User) -> None:
        muted = set(user.muted_letters)
        self.wanted = {str(one): one not in muted for one in OptionalLetter}
        self.hours, self.locale = user.hour_cycle, user.locale
