"""The admins' reports: the list, one of them, and answering it."""

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.core import clock
from parkplace.core.errors import DomainError
from parkplace.core.ids import read_id
from parkplace.reports import service
from parkplace.reports.models import ReportStatus
from parkplace.reports.service import ReportNotFound
from parkplace.web import pictures, routes, ui
from parkplace.web.errors import by_field
from parkplace.web.map.pins import MapPin, MapPoint
from parkplace.web.pages.reports import view
from parkplace.web.pages.reports.reading import GONE, REPORT, Seen, look
from parkplace.web.run import run
from parkplace.web.session import require_user, session_token
from parkplace.web.words import locale_of

WAITING = "waiting"


class AdminState(rx.State):
    """What an admin sees of the reports.

    Attributes:
        chosen: Which reports the list holds: a word of `ReportStatus`, or `all`.
        older: The address of the list's next page; empty on the last one.
        further: Whether this is not the list's first page.
        back: Where back leads.
        photo, photo_large: Where the picture is served from.
    """

    stage: str = WAITING
    chosen: str = view.ALL
    rows: list[view.Row] = []
    older: str = ""
    further: bool = False
    back: str = routes.MAP
    detail: view.Detail = view.Detail()
    pins: list[MapPin] = []
    center: MapPoint | None = None
    photo: str = ""
    photo_large: str = ""
    errors: dict[str, str] = {}
    pending: bool = False

    @rx.event
    async def load(self) -> None:
        """Read what the address shows."""
        query = self.router.url.query_parameters
        self.errors, self.pending = {}, False
        self.chosen = view.chosen_status(query.get("status", "")) or view.ALL
        self.further = bool(query.get("after"))
        self._show(await self._look())

    @rx.event
    async def answer(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Answer the report that is open."""
        self.pending, self.errors = True, {}
        yield
        try:
            await self._answer(form)
        except DomainError as error:
            self.errors = by_field(error)
            return
        finally:
            self.pending = False
        self._show(await self._look())
        yield ui.toast("Saved. Whoever filed it sees this behind their link.")

    async def _look(self) -> Seen:
        query, token = dict(self.router.url.query_parameters), session_token(self)
        locale = locale_of(self.router.headers.accept_language)
        return await run(lambda session: look(session, token=token, query=query, locale=locale))

    async def _answer(self, form: dict[str, Any]) -> None:
        report_id = read_id(self.router.url.query_parameters.get("report", ""))
        token, now = session_token(self), clock.utc_now()
        said = str(form.get("answer") or "")
        status = view.chosen_status(str(form.get("status") or "")) or ReportStatus.OPEN

        def save(session: Session) -> None:
            user = require_user(session, token)
            if report_id is None:
                raise ReportNotFound("There is no such report. Look for it in the list.")
            service.answer(
                session, admin=user, report_id=report_id, status=status, answer=said, now=now
            )

        await run(save)

    def _show(self, seen: Seen) -> None:
        self.stage, self.rows, self.older = seen.stage, seen.rows, seen.older
        self.detail = seen.detail
        self.back = seen.back if seen.stage in {REPORT, GONE} else routes.MAP
        key = seen.detail.photo_key
        self.photo = pictures.address(key, width=pictures.MIDDLE) if key else ""
        self.photo_large = pictures.address(key, width=pictures.LARGE) if key else ""
        self.pins = [seen.pin] if seen.pin else []
        self.center = MapPoint(seen.pin.lat, seen.pin.lng) if seen.pin else None
