"""How much each caller may ask of the API, and how they stand, said on every answer.

The three `RateLimit-*` fields are those of the IETF's draft `ratelimit-headers` up to its seventh
version, which clients know; of several policies that counted, the one with the least left is told.
"""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parkplace.accounts import tokens
from parkplace.api.errors import from_domain
from parkplace.core import limits
from parkplace.core.limits import Standing, TooMany
from parkplace.core.settings import get_settings

_API = "/api/v1/"
# Stripe sends as many as there are payments, and each is signed.
_UNCOUNTED = "/api/v1/webhooks/"


class Counted:
    """Counts the requests of each caller, and refuses those of one who sends too many."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not _is_counted(scope):
            await self._app(scope, receive, send)
            return
        with limits.noting() as standings:

            async def telling(message: Message) -> None:
                if message["type"] == "http.response.start" and standings:
                    _tell(MutableHeaders(scope=message), standings)
                await send(message)

            try:
                limits.flood(limits.API, *_caller(scope))
            except TooMany as error:
                await from_domain(error)(scope, receive, telling)
                return
            await self._app(scope, receive, telling)


def _is_counted(scope: Scope) -> bool:
    if scope["type"] != "http" or get_settings().rate_limits == "off":
        return False
    path: str = scope["path"]
    return path.startswith(_API) and not path.startswith(_UNCOUNTED)


def _caller(scope: Scope) -> tuple[str, str]:
    """Return whose requests are counted together: an account's, or those of a network.

    An office shares a network, so whoever shows a token of ours is counted alone.
    """
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    account = tokens.made_for(token) if kind.lower() == "bearer" else None
    if account is not None:
        return "account", account
    client = scope.get("client")
    return "network", limits.network(client[0] if client else "unknown")


def _tell(headers: MutableHeaders, standings: Sequence[Standing]) -> None:
    # Other requests of the same caller may come between; what is told is how it was just now.
    least = min(standings, key=lambda one: (one.remaining, -one.reset))
    headers["RateLimit-Limit"] = str(least.policy.amount)
    headers["RateLimit-Remaining"] = str(least.remaining)
    headers["RateLimit-Reset"] = str(least.reset)
