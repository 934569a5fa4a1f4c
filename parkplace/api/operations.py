"""For whoever keeps the product running: is it alive, and is it ready for people."""

import logging
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from parkplace.api.deps import NowDep
from parkplace.core import heartbeats, migrations
from parkplace.core.db import transaction

router = APIRouter(tags=["operations"])
log = logging.getLogger(__name__)


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether people can be served, and if not, why."""

    status: Literal["ready", "not_ready"]
    reasons: list[str]


@router.get("/healthz")
async def healthz() -> Health:
    """Say that the process is alive."""
    return Health()


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
def readyz(now: NowDep) -> JSONResponse:
    """Say whether the database answers, its migrations are run, and the jobs are alive."""
    reasons = _reasons(now)
    body = Readiness(status="not_ready" if reasons else "ready", reasons=reasons)
    return JSONResponse(
        body.model_dump(), 503 if reasons else 200, headers={"Cache-Control": "no-store"}
    )


def _reasons(now: datetime) -> list[str]:
    try:
        with transaction() as session:
            if not migrations.is_current(session):
                return ["Migrations are not run: alembic upgrade head."]
            if not heartbeats.is_alive(session, name=heartbeats.JOBS, now=now):
                return ["The jobs have not run for a minute: python -m parkplace.jobs."]
    except SQLAlchemyError as error:
        log.warning("not ready: %s", type(error).__name__)
        return ["The database does not answer."]
    return []
