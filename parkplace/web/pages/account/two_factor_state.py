"""The second factor: switching it on and off, and the recovery codes."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.web import ui
from parkplace.web.errors import words
from parkplace.web.pages.account import two_factor_doing as doing
from parkplace.web.run import aside, run
from parkplace.web.session import origin, session_token

Steps = AsyncGenerator[EventSpec | None, None]

# What the dialog shows: the password is asked, the code is scanned, the recovery codes are kept.
ASK, SCAN, CODES = "ask", "scan", "codes"
DIALOG, OFF_DIALOG, RENEW_DIALOG = "two-factor", "two-factor-off", "recovery-codes"
QR, SECRET, KEPT = "two-factor-qr", "two-factor-secret", "two-factor-codes"
NEW_CODES = "new-codes"  # the button that opens the dialog for them


class TwoFactorState(rx.State):
    """A code of an app, asked for besides the password.

    The secret and the recovery codes go straight to the browser, and are never kept here.

    Attributes:
        has_password: Whether there is one; who came through a provider may have none.
        on: Whether signing in takes a code as well.
        left: How many recovery codes are left, in words.
        step: What the dialog shows.
        busy: Which form waits for its answer.
        wrong: What is wrong with that form, by field.
    """

    has_password: bool = False
    on: bool = False
    left: str = ""
    step: str = ASK
    busy: str = ""
    wrong: dict[str, str] = {}

    @rx.event
    async def load(self) -> None:
        """Read how things are."""
        self.step, self.busy, self.wrong = ASK, "", {}
        await self._look()

    @rx.event
    async def begin(self) -> Steps:
        """Open the dialog at its first step."""
        self.step, self.wrong = ASK, {}
        yield ui.open_dialog(DIALOG)

    @rx.event
    async def forget(self) -> Steps:
        """Take away what was shown once, now that the dialog is closed."""
        self.wrong, self.busy = {}, ""
        yield ui.draw(QR, "")
        yield ui.write(SECRET, "")
        yield ui.write(KEPT, "")
        shown, self.step = self.step, ASK
        await self._look()
        if shown == CODES:
            # What opened the dialog is gone.
            yield ui.focus(NEW_CODES)

    @rx.event
    async def set_up(self, form: dict[str, Any]) -> Steps:
        """Show the code that the app scans."""
        token, where, now = session_token(self), origin(self), clock.utc_now()
        password = str(form.get("password", "")) or None
        self.busy, self.wrong = "set-up", {}
        yield
        try:
            setup = await aside(lambda: doing.set_up(token, password, origin=where, now=now))
        except DomainError as error:
            yield self._refused(error)
        else:
            self.step = SCAN
            yield ui.fill("password", "")
            yield ui.draw(QR, setup.qr_svg)
            yield ui.write(SECRET, _in_fours(setup.secret))
            yield ui.focus("field-code")
        finally:
            self.busy = ""

    @rx.event
    async def switch_on(self, form: dict[str, Any]) -> Steps:
        """Ask for codes from now on, and show the recovery codes once."""
        code = str(form.get("code", ""))
        token, where, now = session_token(self), origin(self), clock.utc_now()
        self.busy, self.wrong = "switch-on", {}
        yield
        try:
            codes = await aside(lambda: doing.switch_on(token, code, origin=where, now=now))
        except DomainError as error:
            yield self._refused(error)
        else:
            for event in self._shown(codes):
                yield event
        finally:
            self.busy = ""

    @rx.event
    async def renew(self, form: dict[str, Any]) -> Steps:
        """Make new recovery codes; the old ones are void."""
        code = str(form.get("renew_code", ""))
        token, where, now = session_token(self), origin(self), clock.utc_now()
        self.busy, self.wrong = "renew", {}
        yield
        try:
            codes = await aside(lambda: doing.renew(token, code, origin=where, now=now))
        except DomainError as error:
            yield self._refused(error, form="renew_")
        else:
            for event in self._shown(codes):
                yield event
            yield ui.fill("renew_code", "")
            yield ui.close_dialog(RENEW_DIALOG)
            yield ui.open_dialog(DIALOG)
        finally:
            self.busy = ""

    @rx.event
    async def switch_off(self, form: dict[str, Any]) -> Steps:
        """Let the password do alone again."""
        token, where, now = session_token(self), origin(self), clock.utc_now()
        password, code = str(form.get("off_password", "")) or None, str(form.get("off_code", ""))
        self.busy, self.wrong = "off", {}
        yield
        try:
            await aside(lambda: doing.switch_off(token, password, code, origin=where, now=now))
        except DomainError as error:
            yield self._refused(error, form="off_")
        else:
            yield ui.fill("off_password", "")
            yield ui.fill("off_code", "")
            yield ui.close_dialog(OFF_DIALOG)
            yield ui.toast("Two-factor sign-in is off.")
            await self._look()
        finally:
            self.busy = ""

    def _refused(self, error: DomainError, *, form: str = "") -> EventSpec | None:
        """Say what is wrong; the names of a form's fields begin with `form`."""
        field = f"{form}{error.field}" if error.field else ""
        self.wrong = {field: words(error)}
        return ui.focus(f"field-{field}") if field else None

    def _shown(self, codes: list[str]) -> list[EventSpec]:
        self.step = CODES
        told = [ui.draw(QR, ""), ui.write(SECRET, ""), ui.write(KEPT, "\n".join(codes))]
        return [*told, ui.focus(KEPT)]

    async def _look(self) -> None:
        token = session_token(self)
        seen = await run(lambda session: doing.look(session, token))
        self.has_password, self.on, self.left = seen.has_password, seen.on, seen.left


def _in_fours(secret: str) -> str:
    """Return a secret as people type it; apps pass over the spaces."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
