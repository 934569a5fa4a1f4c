"""Quotes: what a stay would cost."""

from fastapi import APIRouter

from parkplace.api.deps import AddressDep, NowDep
from parkplace.api.problems import problems
from parkplace.api.schemas.bookings import QuoteIn, QuoteOut
from parkplace.bookings import quoting
from parkplace.core import limits
from parkplace.core.db import transaction

router = APIRouter(prefix="/quotes", tags=["bookings"])


@router.post("", status_code=201, responses=problems(404, 409, 422, 429))
def create(body: QuoteIn, address: AddressDep, now: NowDep) -> QuoteOut:
    """Return a price for a space and a period, honoured for 15 minutes.

    It says nothing about the space being free; a booking does.
    """
    limits.hit(limits.QUOTE, limits.network(address))
    with transaction() as session:
        period = body.period(lambda: quoting.listed_space(session, space_id=body.space_id).timezone)
        quote = quoting.quote(session, space_id=body.space_id, period=period, now=now)
        session.flush()
        return QuoteOut.of(quote)
