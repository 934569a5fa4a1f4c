"""What other services tell us."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from parkplace.api.deps import NowDep
from parkplace.api.errors import problem
from parkplace.api.problems import described_problem, problems
from parkplace.bookings.flows import webhooks
from parkplace.payments.gateway import WebhookSignatureWrong, gateway

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


class TakenOut(BaseModel):
    """The message was taken; repeats of it are as welcome."""

    received: bool = True


@router.post(
    "/stripe",
    response_model=TakenOut,
    responses=problems(402) | {400: described_problem(400, [WebhookSignatureWrong.code])},
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}
    },
)
async def stripe(
    request: Request,
    now: NowDep,
    signature: Annotated[str, Header(alias="Stripe-Signature")] = "",
) -> Response:
    """Take an event of Stripe, signed by it; what it is about is then read from Stripe."""
    payload = await request.body()
    try:
        event = gateway().read_event(payload=payload, signature=signature, now=now)
    except WebhookSignatureWrong as error:
        return problem(400, error.code, error.message)
    await run_in_threadpool(webhooks.receive, event, now=now)
    return JSONResponse(TakenOut().model_dump())
