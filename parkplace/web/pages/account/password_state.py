"""The password of somebody who is signed in."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import reflex as rx

from parkplace.accounts import guard
from parkplace.accounts.origin import Origin
from parkplace.core import clock
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.notifications.account_letters import change_password
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.pages.account.sessions_state import SessionsState
from parkplace.web.run import aside
from parkplace.web.session import origin, require_session, session_token


class PasswordState(rx.State):
    """Choosing another password."""

    busy: bool = False
    wrong: dict[str, str] = {}

    @rx.event
    async def change(self, form: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Choose another password, and sign out everywhere else."""
        token, where, now = session_token(self), origin(self), clock.utc_now()
        current, new = str(form.get("current", "")), str(form.get("new", ""))
        self.busy, self.wrong = True, {}
        yield
        try:
            await aside(lambda: _changed(token, current, new, origin=where, now=now))
        except DomainError as error:
            # The rule for passwords speaks of a password; here there are two.
            field = "new" if error.field == "password" else error.field or ""
            self.wrong = {field: words(error)}
            yield ui.focus(f"field-{field}")
        else:
            yield ui.fill("current", "")
            yield ui.fill("new", "")
            yield ui.toast("Your password is changed. Every other device is signed out.")
            yield SessionsState.load
        finally:
            self.busy = False


def _changed(token: str | None, current: str, new: str, *, origin: Origin, now: datetime) -> None:
    """Change it; this blocks."""
    with transaction() as session:
        own = require_session(session, token)
    guard.password(user_id=own.user.id, address=origin.address)
    with transaction() as session:
        change_password(
            session,
            user_id=own.user.id,
            current=current,
            new=new,
            kept=own.session_id,
            origin=origin,
            now=now,
        )
