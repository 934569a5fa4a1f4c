"""For developers and tests; none of these routes exists in production."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from parkplace.api.schemas.common import In, InstantOut, Out
from parkplace.core import clock
from parkplace.core.db import transaction
from parkplace.core.settings import Settings
from parkplace.notifications import queries
from parkplace.notifications.models import Email

_MOST = 10 * 366 * 24 * 60 * 60  # ten years
_pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)
# What letters hold is other people's text: nothing of it may run or be fetched.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
    "Cache-Control": "no-store",
}


class OffsetIn(In):
    """How far ahead this process's clock shall be."""

    offset_seconds: int = Field(ge=-_MOST, le=_MOST)


class ClockOut(Out):
    """What the clock shows now."""

    now: InstantOut


def router(settings: Settings) -> APIRouter:
    """Return the routes that this environment may have."""
    routes = APIRouter(prefix="/dev", include_in_schema=False)
    if settings.env != "production":
        routes.add_api_route("/mailbox", _mailbox)
        routes.add_api_route("/mailbox/{letter_id}", _letter)
        routes.add_api_route("/mailbox/{letter_id}/attachments/{number}", _attachment)
    if settings.env == "test":
        routes.add_api_route("/clock", _set_clock, methods=["POST"])
    return routes


def _mailbox() -> HTMLResponse:
    """Show the letters that would have left."""
    with transaction() as session:
        letters = queries.mailbox(session)
    return _page("mailbox.html", letters=letters)


def _letter(letter_id: UUID) -> HTMLResponse:
    """Show one letter, as HTML and as text."""
    return _page("letter.html", letter=_found(letter_id))


def _attachment(letter_id: UUID, number: int) -> Response:
    """Download what is attached to a letter."""
    attachments = _found(letter_id).attachments
    if not 0 <= number < len(attachments):
        raise HTTPException(404)
    file = attachments[number]
    name = {"Content-Disposition": f'attachment; filename="{file["filename"]}"'}
    return Response(file["text"], media_type=file["content_type"], headers=_HEADERS | name)


def _set_clock(body: OffsetIn) -> ClockOut:
    """Set this process's clock ahead."""
    clock.travel(timedelta(seconds=body.offset_seconds))
    return ClockOut(now=clock.utc_now())


def _found(letter_id: UUID) -> Email:
    with transaction() as session:
        letter = queries.letter(session, letter_id=letter_id)
    if letter is None:
        raise HTTPException(404)
    return letter


def _page(name: str, **values: object) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(name).render(values), headers=_HEADERS)
