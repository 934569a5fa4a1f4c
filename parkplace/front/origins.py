"""Which pages of which sites may speak to us: our own, and those the operator named.

Browsers say in `Origin` whose page is asking. Our cookie is for our own pages alone; sites that the
operator lists may call the API with a bearer token, without cookies.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parkplace.core.settings import get_settings

_API = "/api/v1/"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Request-ID",
)
_READ = (
    "ETag",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
)
_REMEMBERED = 600  # seconds a browser need not ask again


def is_ours(origin: str, *, host: str | None) -> bool:
    """Whether an `Origin` is that of our own pages.

    Args:
        origin: The header.
        host: The request's `Host`; a proxy may have changed it, so the public address counts too.
    """
    settings = get_settings()
    parts = urlsplit(origin)
    if settings.secure_cookies and parts.scheme != "https":
        return False
    return parts.netloc in {host, urlsplit(settings.public_url).netloc}


def may_connect(headers: Headers) -> bool:
    """Whether a websocket may be opened.

    Browsers send our cookie with it, whatever page asks, and no other rule of theirs protects it.
    Programs send no `Origin`, and no cookie they do not have.
    """
    origin = headers.get("origin")
    return origin is None or is_ours(origin, host=headers.get("host"))


class Cors:
    """Opens the API to the pages of sites that the operator named, and nothing to any other.

    What the app behind says about it is dropped: Reflex adds its own headers, with credentials.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        allowed = get_settings().cors_origins
        self._opened = CORSMiddleware(
            self._closed,
            allow_origins=allowed,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            expose_headers=_READ,
            max_age=_REMEMBERED,
        )
        self._is_open = bool(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        api = scope["type"] == "http" and scope["path"].startswith(_API)
        await (self._opened if api and self._is_open else self._closed)(scope, receive, send)

    async def _closed(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dropping(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                message["headers"] = _without_cors(message.get("headers", ()))
            await send(message)

        await self._app(scope, receive, dropping)


def _without_cors(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    kept: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        if name.lower() == b"vary":
            varies = [part.strip() for part in value.split(b",")]
            value = b", ".join(part for part in varies if part.lower() != b"origin")  # noqa: PLW2901
        if value and not name.lower().startswith(b"access-control-"):
            kept.append((name, value))
    return kept
