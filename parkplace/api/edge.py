"""What stands between the network and the API's own addresses, and lets all others pass.

Reflex lies behind the same server: its pages, uploads and websocket must not notice this.
"""

import asyncio
import logging
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parkplace.api.errors import problem, unexpected
from parkplace.core.logs import incident

log = logging.getLogger(__name__)
_PRIVATE = "private, no-store"

OURS = (
    "/api/",
    "/auth/",
    "/dev/",
    "/live",
    "/photos/",
    "/map/streets",
    "/healthz",
    "/readyz",
    "/metrics",
)
JSON_MOST = 500_000  # bytes
UPLOAD_MOST = 10_500_000  # bytes: a picture of 10 MB and the form around it
# Where more than one file comes at once: three papers of 10 MB.
LARGER = {"/api/v1/users/me/verification": 31_500_000}
# Most programs look for an answer only when they have sent everything, so what is too large is
# read to its end and thrown away, within reason.
_DRAIN_MOST = 100_000_000  # bytes
_DRAIN_SECONDS = 10


class TooLarge(HTTPException):
    """Raised out of the reading of a body that goes on for too long."""

    def __init__(self) -> None:
        super().__init__(413, "This is too much. Send at most 500 kB, or a picture up to 10 MB.")


class Edge:
    """Bounds what is sent to the API, and answers what nobody expected with an incident's id.

    What says nothing else of itself is nobody's to keep.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not scope["path"].startswith(OURS):
            await self.app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).setdefault("Cache-Control", _PRIVATE)
            await send(message)

        try:
            await self._bounded(scope, receive, noting)
        except Exception as error:
            number = incident(log, error)
            if started:
                raise
            await unexpected(number)(scope, receive, send)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
            sentence = "There is a NUL character in the address, which no text has."
            await problem(422, "bad_text", sentence)(scope, receive, send)
            return
        headers = Headers(scope=scope)
        upload = headers.get("content-type", "").startswith("multipart/form-data")
        most = LARGER.get(scope["path"], UPLOAD_MOST) if upload else JSON_MOST
        bounded = _Bounded(receive, most)
        declared = headers.get("content-length", "")
        if declared.isdigit() and (len(declared) > 12 or int(declared) > bounded.most):  # noqa: PLR2004
            await bounded.drain()
            await problem(413, "too_large", TooLarge().detail)(scope, receive, send)
            return
        await self.app(scope, bounded.receive, send)


class _Bounded:
    """The receiving end of a request, up to `most` bytes."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self.most = most
        self._seen = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self.most:
            if message.get("more_body", False):
                await self.drain()
            raise TooLarge
        return message

    async def drain(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while self._seen < _DRAIN_MOST:
                    message = await self._receive()
                    self._seen += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return
