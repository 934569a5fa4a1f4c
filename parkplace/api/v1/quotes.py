"""Quotes: what a stay would cost."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from parkplace.api import etags
from parkplace.api.deps import AddressDep, KeyDep, NowDep
from parkplace.api.problems import problems
from parkplace.api.schemas.bookings import QuoteIn, QuoteOut
from parkplace.bookings import quoting
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.idempotency import once

router = APIRouter(prefix="/quotes", tags=["bookings"])

_KEPT = 60  # seconds; a quote never changes, but it is forgotten a day after its end


@router.post("", status_code=201, responses=problems(404, 409, 422, 429))
def create(body: QuoteIn, address: AddressDep, now: NowDep, key: KeyDep = None) -> QuoteOut:
    """Return a price for a space and a period, honoured for 15 minutes.

    It says nothing about the space being free; a booking does.
    """
    limits.hit(limits.QUOTE, limits.network(address))
    with transaction() as session:
        given = once(
            session,
            scope="POST quotes",
            key=key,
            request=body.model_dump(mode="json"),
            now=now,
            answer=lambda: _quote(session, body, now=now),
        )
        return QuoteOut.of(quoting.read(session, quote_id=UUID(given["id"])))


def _quote(session: Session, body: QuoteIn, *, now: datetime) -> dict[str, str]:
    period = body.period(lambda: quoting.listed_space(session, space_id=body.space_id).timezone)
    quote = quoting.quote(session, space_id=body.space_id, period=period, now=now)
    session.flush()
    return {"id": str(quote.id)}


@router.get(
    "/{quote_id}",
    response_model=QuoteOut,
    responses=problems(404, 422) | {304: {"description": "It is as you have it."}},
)
def read(quote_id: UUID, request: Request) -> Response:
    """Return a price that was given, for whoever knows its id, whether or not it still counts."""
    with transaction() as session:
        shown = QuoteOut.of(quoting.read(session, quote_id=quote_id))
    return etags.public(request, shown.model_dump_json().encode(), seconds=_KEPT)
