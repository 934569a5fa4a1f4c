"""The report form: what is known before, what was typed, and filing it."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.core import clock, limits
from parkplace.core.errors import DomainError, Invalid
from parkplace.core.geo import Point
from parkplace.core.ids import read_id
from parkplace.reports import service
from parkplace.web import pictures, routes, ui
from parkplace.web.errors import FORM, by_field, words
from parkplace.web.map.pins import MapPoint
from parkplace.web.pages.reports import view
from parkplace.web.pages.reports.reading import Before, before
from parkplace.web.run import aside, run
from parkplace.web.session import address, session_token, signed_in

WAITING, ASKING = "waiting", "asking"
ORDER = ("plate", "plate_region", "kind", "description", "email")


class ReportState(rx.State):
    """A report that is being written.

    Attributes:
        kept: Under which name the browser keeps what was typed.
        about: The name of the space it is about, if the address names one.
        email: Of the account that is signed in; empty for guests.
        photo: Where the picture is served from; empty without one.
    """

    stage: str = WAITING
    kept: str = ""
    about: str = ""
    plate: str = ""
    region: str = ""
    email: str = ""
    center: MapPoint | None = None
    spot: MapPoint | None = None
    map_error: str = ""
    photo: str = ""
    photo_error: str = ""
    errors: dict[str, str] = {}
    pending: bool = False
    _space: UUID | None = None
    _photo_key: str | None = None
    _subject: str = ""
    _filed: str = ""

    @rx.event
    async def load(self) -> AsyncGenerator[None, None]:
        """Begin a report with what the address says, or go on with one that was not sent."""
        query, token = self.router.url.query_parameters, session_token(self)
        subject = view.subject(query)
        if self._filed or subject != self._subject:
            self._begin(subject)
        self.stage, self.errors, self.pending = WAITING, {}, False
        self.map_error = self.photo_error = ""
        self.plate, self.region = query.get("plate", "")[:20], query.get("region", "")[:3]
        self.kept = f"report {subject}"
        yield
        space_id = read_id(query.get("space", ""))
        self._show(await run(lambda session: before(session, token=token, space_id=space_id)))
        self.stage = ASKING

    @rx.event
    async def typed(self, form: dict[str, Any]) -> None:
        """See whether what was wrong is right now."""
        if self.errors:
            still = view.problems(view.typed(form), signed_in=bool(self.email))
            self.errors = {name: still[name] for name in self.errors if name in still}

    @rx.event
    async def located(self, place: dict[str, float | bool]) -> None:
        """Put the pin where the person is."""
        if not place.get("found"):
            self.map_error = "Your browser does not say where you are. Put the pin on the map."
            return
        self._put(float(place["lat"]), float(place["lng"]))
        self.center = self.spot

    @rx.event
    async def placed(self, lat: float, lng: float) -> None:
        """Put the pin where the map was pressed."""
        self._put(lat, lng)

    @rx.event
    async def unplace(self) -> None:
        """Take the pin away again."""
        self.spot = None

    @rx.event
    async def send_photo(self, files: list[rx.UploadFile]) -> None:
        """Store a picture."""
        self.photo_error = ""
        try:
            taken = await pictures.keep_one(files, network=limits.network(address(self)))
        except DomainError as error:
            self.photo_error = words(error)
            return
        self._photo_key, self.photo = taken.key, pictures.address(taken.key)

    @rx.event
    async def remove_photo(self) -> None:
        """Send no picture after all."""
        self._photo_key, self.photo, self.photo_error = None, "", ""

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """File the report and go to the page that says what becomes of it."""
        typed = view.typed(form)
        self.errors = view.problems(typed, signed_in=bool(self.email))
        if self.errors:
            yield self._point_out()
            return
        self.pending = True
        yield
        try:
            # Pressed again: the same report, not another one.
            self._filed = self._filed or await self._file(typed)
        except DomainError as error:
            self.errors = by_field(error) if error.field in ORDER else {FORM: words(error)}
            yield self._point_out()
            return
        finally:
            self.pending = False
        yield ui.forget(self.kept)
        yield rx.redirect(routes.with_query(routes.report_status(self._filed), {"filed": "yes"}))

    async def _file(self, typed: view.Typed) -> str:
        token, now, network = session_token(self), clock.utc_now(), limits.network(address(self))
        place = Point(lat=self.spot.lat, lng=self.spot.lng) if self.spot else None
        space_id, photo_key = self._space, self._photo_key

        def file(session: Session) -> str:
            _, link = service.file(
                session,
                reporter=signed_in(session, token),
                plate=typed.plate,
                region=typed.region,
                kind=typed.problem,
                description=typed.description,
                place=place,
                space_id=space_id,
                email=typed.email or None,
                photo_key=photo_key,
                now=now,
            )
            return link

        await aside(lambda: limits.hit(limits.REPORT, network))
        return await run(file)

    def _begin(self, subject: str) -> None:
        self._subject, self._filed = subject, ""
        self.spot, self.photo, self._photo_key = None, "", None

    def _show(self, known: Before) -> None:
        self.about, self.email, self._space = known.about, known.email, known.space_id
        self.center = self.spot or known.center

    def _put(self, lat: float, lng: float) -> None:
        try:
            point = Point(lat=lat, lng=lng)
        except Invalid as error:
            self.map_error = words(error)
            return
        self.spot, self.map_error = MapPoint(point.lat, point.lng), ""

    def _point_out(self) -> EventSpec | None:
        first = next((name for name in ORDER if name in self.errors), None)
        if first == "kind":
            first = "kind-in_my_bay"
        return ui.focus(f"field-{first}") if first else None
