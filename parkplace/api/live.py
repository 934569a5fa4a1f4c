"""`/live`: signals as server-sent events.

A message's data is the topic that changed, and nothing more.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import anyio
from fastapi import APIRouter, Query
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from parkplace.accounts.revoking import is_open, out_topic
from parkplace.accounts.sessions import SignedIn
from parkplace.api.deps import AskingDep, NowDep
from parkplace.api.problems import problems
from parkplace.bookings.access import Caller, require
from parkplace.core.clock import utc_now
from parkplace.core.db import reading, transaction
from parkplace.core.errors import Forbidden, Invalid
from parkplace.core.geo import AREA_ZOOM
from parkplace.core.live import hub
from parkplace.core.live_tickets import TicketOver, read_ticket

router = APIRouter(tags=["live"])

MOST_TOPICS = 20
_HEARTBEAT = 20  # seconds; proxies close what is silent for longer
_BREATH = 0.25  # seconds in which signals for one client gather
LOOK_AGAIN = 30  # seconds after which a stream asks whether its session still stands


class UnknownTopic(Invalid):
    """Raised for a topic that nothing is ever said about."""

    code = "unknown_topic"


class NotYourTopic(Forbidden):
    """Raised for a topic that is not this person's to hear."""

    code = "not_your_topic"


@asynccontextmanager
async def lifespan(_: object = None) -> AsyncGenerator[None, None]:
    """End all streams when the process does; a task for whoever runs the app."""
    yield
    await run_in_threadpool(hub().close)


@router.get(
    "/live",
    response_class=EventSourceResponse,
    responses={204: {"description": "A ticket is over: stop asking with it."}}
    | problems(401, 403, 404, 422),
)
async def live(
    topic: Annotated[list[str], Query(min_length=1, max_length=MOST_TOPICS)],
    asking: AskingDep,
    now: NowDep,
) -> Response:
    """Hear when something changes; then read it again.

    Topics: `space:<id>`, `area:<x>/<y>` (a map tile at zoom 8), `booking:<id>` for who may see it,
    `user:<id>` for oneself. After every (re)connection, read once. A stream ends with the session
    it was opened with, within a minute at the latest.
    """
    try:
        wanted = await run_in_threadpool(_admitted, topic, asking.caller, now)
    except TicketOver:
        # To an event source this says, without an error, not to come again.
        return Response(status_code=204)
    if asking.signed_in is not None:
        wanted.append(out_topic(asking.signed_in.user.id))
    return EventSourceResponse(
        messages(wanted, stands=standing(asking.signed_in)),
        ping=_HEARTBEAT,
        ping_message_factory=lambda: ServerSentEvent(comment="still here"),
        send_timeout=_HEARTBEAT,
    )


async def messages(
    topics: list[str], *, stands: Callable[[], Awaitable[bool]], every: float = LOOK_AGAIN
) -> AsyncGenerator[ServerSentEvent, None]:
    """Send what is heard about topics, for as long as there is a right to hear it.

    Args:
        topics: What to listen to.
        stands: Asks whether whoever listens still may.
        every: Seconds after which to ask that again, however much or little is heard.
    """
    async with hub().listening(topics) as listener:
        yield ServerSentEvent(comment="listening", retry=2000)
        asked = anyio.current_time()
        while True:
            heard: list[str] | None = None
            with anyio.move_on_at(asked + every):
                heard = await listener.take()
            if heard is not None and not heard:
                return
            ended = any(topic.startswith("out:") for topic in heard or ())
            if ended or anyio.current_time() >= asked + every:
                if not await stands():
                    return
                asked = anyio.current_time()
            for topic in heard or ():
                if topic.startswith("out:"):
                    continue  # ours alone
                yield ServerSentEvent(data=topic)
            await anyio.sleep(_BREATH)


def standing(signed_in: SignedIn | None) -> Callable[[], Awaitable[bool]]:
    """Return what asks whether a session still stands; who came without one has none to lose."""

    async def stands() -> bool:
        return signed_in is None or await run_in_threadpool(_is_open, signed_in.session_id)

    return stands


def _is_open(session_id: UUID) -> bool:
    with reading() as session:
        return is_open(session, session_id=session_id, now=utc_now())


def _admitted(asked: list[str], asking: Caller, now: datetime) -> list[str]:
    return [read_ticket(topic, now=now) or _own(topic, asking) for topic in asked]


def _own(topic: str, asking: Caller) -> str:
    kind, _, name = topic.partition(":")
    match kind:
        case "area":
            return _area(name)
        case "space":
            return f"space:{_id(name)}"
        case "booking":
            booking_id = _id(name)
            with transaction() as session:
                require(session, booking_id=booking_id, caller=asking)
            return f"booking:{booking_id}"
        case "user":
            if asking.user is None or asking.user.id != _id(name):
                raise NotYourTopic("Only you hear about yourself. Sign in first.", field="topic")
            return f"user:{asking.user.id}"
        case _:
            raise _unknown()


def _area(name: str) -> str:
    x, _, y = name.partition("/")
    tiles = 1 << AREA_ZOOM
    if not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in (x, y)):  # noqa: PLR2004
        raise _unknown()
    if int(x) >= tiles or int(y) >= tiles:
        raise _unknown()
    return f"area:{int(x)}/{int(y)}"


def _id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise _unknown() from None


def _unknown() -> UnknownTopic:
    return UnknownTopic(
        "Topics are space:<id>, area:<x>/<y>, booking:<id> and user:<id>.", field="topic"
    )
