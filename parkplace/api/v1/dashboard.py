"""Figures: a driver's, a host's, the whole house's."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.api.deps import NowDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.insights import PersonOut, StatsIn, StatsOut
from parkplace.core.db import transaction
from parkplace.core.times import EmptyPeriod
from parkplace.insights import queries
from parkplace.insights.figures import Driving, Everything, Hosting, Span

router = APIRouter(prefix="/dashboard", tags=["dashboard"])
of_users = APIRouter(prefix="/users", tags=["users"])


@router.get("/stats", responses=problems(401, 403, EmptyPeriod))
def stats(wanted: Annotated[StatsIn, Query()], user: UserDep, now: NowDep) -> StatsOut:
    """Return figures of a period: one's own as driver or as host; everybody's to admins.

    Money is counted currency by currency and never added up across them.
    """
    span = Span.given(
        wanted.since, wanted.until, step=wanted.step, timezone=wanted.timezone, now=now
    )
    with transaction() as session:
        return StatsOut.of(_figures(session, wanted.role, user, span), span)


def _figures(session: Session, role: str, user: User, span: Span) -> Driving | Hosting | Everything:
    if role == "admin":
        return queries.everything(session, admin=user, span=span)
    if role == "host":
        return queries.hosting(session, user=user, span=span)
    return queries.driving(session, user=user, span=span)


@of_users.get("/me/stats", responses=problems(401))
def mine(user: UserDep, now: NowDep) -> PersonOut:
    """Return everything that one ever did here, as a driver and as a host."""
    with transaction() as session:
        return PersonOut.of(queries.person(session, user=user, now=now))
