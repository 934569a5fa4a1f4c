"""One pass through which every request and every answer goes."""

import re
import time
from collections.abc import Mapping

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parkplace.core import logs, meters
from parkplace.core.settings import get_settings
from parkplace.front.headers import PagePolicy, with_security
from parkplace.front.origins import Cors, may_connect

_REQUEST_ID = b"x-request-id"
_ACCEPTABLE = re.compile(r"[!-~]{1,64}")
_POLICY_VIOLATION = 1008
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OTHER = "other"


class Front:
    """Puts itself before an app: names requests, believes proxies, adds headers, guards sockets.

    Args:
        app: The whole app, as it would be served.
        pages: Returns the content security policy of the page at a path.
        routes: The template of each route, such as `/api/v1/spaces/{space_id}`, by what answers it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        pages: PagePolicy | None = None,
        routes: Mapping[object, str] | None = None,
    ) -> None:
        self._app = Cors(app)
        self._pages = pages
        self._routes = routes or {}
        trusted = [str(network) for network in get_settings().trusted_proxies]
        self._serve: ASGIApp = (
            wrap_asgi_with_proxy_headers(self._named, trusted) if trusted else self._named
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] in {"http", "websocket"}:
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _named(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        name = _request_id(headers)
        with logs.during(name):
            if scope["type"] == "http":
                await self._app(scope, receive, self._signing(scope, send, name=name))
            elif may_connect(headers):
                await self._socket(scope, receive, send, name=name)
            else:
                # Before it was accepted, this is the answer 403.
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})

    def _signing(self, scope: Scope, send: Send, *, name: str) -> Send:
        mark, arrived = (_REQUEST_ID, name.encode()), time.perf_counter()

        async def signing(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = (*message.get("headers", ()), mark)
                status = message["status"]
                message["headers"] = with_security(
                    given, status=status, scope=scope, pages=self._pages
                )
                self._count(scope, status=status, seconds=time.perf_counter() - arrived)
            await send(message)

        return signing

    def _count(self, scope: Scope, *, status: int, seconds: float) -> None:
        route = self._routes.get(scope.get("endpoint"), _OTHER)
        method = scope["method"] if scope["method"] in _METHODS else _OTHER
        meters.REQUESTS.labels(method, route, status).inc()
        meters.SECONDS.labels(route).observe(seconds)

    async def _socket(self, scope: Scope, receive: Receive, send: Send, *, name: str) -> None:
        mark, is_open = (_REQUEST_ID, name.encode()), False

        async def signing(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.accept":
                message["headers"] = [*message.get("headers", ()), mark]
                is_open = True
                meters.SOCKETS.inc()
            await send(message)

        try:
            await self._app(scope, receive, signing)
        finally:
            if is_open:
                meters.SOCKETS.dec()


def _request_id(headers: Headers) -> str:
    """Return the id that the request came with, if it can be logged, or one of our own."""
    given = headers.get("x-request-id", "")
    return given if _ACCEPTABLE.fullmatch(given) else logs.new_name()
