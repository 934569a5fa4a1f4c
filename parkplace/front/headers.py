"""What every answer says about itself, so that a browser lets nobody misuse it."""

from collections.abc import Callable, Iterable

from starlette.types import Scope

from parkplace.core.settings import get_settings

Pair = tuple[bytes, bytes]
PagePolicy = Callable[[str], str]

# For what is no page: data and pictures run nothing and load nothing.
NOTHING = "default-src 'none'; frame-ancestors 'none'"
_POLICY = b"content-security-policy"
_YEAR = 31_536_000  # seconds

_ALWAYS: tuple[Pair, ...] = (
    (b"x-content-type-options", b"nosniff"),
    # Addresses of guests' bookings and reports are secrets: no request says where it came from
    # further than the site.
    (b"referrer-policy", b"strict-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
)
_HTTPS_ONLY: Pair = (b"strict-transport-security", f"max-age={_YEAR}".encode())


def with_security(
    given: Iterable[Pair], *, status: int, scope: Scope, pages: PagePolicy | None
) -> list[Pair]:
    """Return an answer's headers with those that keep a browser safe; what it says itself stands.

    Args:
        given: The headers so far.
        status: The answer's status.
        scope: The request.
        pages: Returns the policy of the page at a path; without it nothing is a page.
    """
    headers = list(given)
    said = {name.lower(): value for name, value in headers}
    headers += [pair for pair in _ALWAYS if pair[0] not in said]
    if _is_https(scope):
        headers.append(_HTTPS_ONLY)
    if _POLICY not in said:
        page = pages is not None and _is_page(said, status=status, path=scope["path"])
        policy = pages(scope["path"]) if page and pages is not None else NOTHING
        headers.append((_POLICY, policy.encode("latin-1")))
    return headers


def _is_page(said: dict[bytes, bytes], *, status: int, path: str) -> bool:
    # A browser takes the policy of a 304 for the page it has kept.
    unchanged = status == 304 and not path.startswith("/api/")  # noqa: PLR2004
    return unchanged or said.get(b"content-type", b"").startswith(b"text/html")


def _is_https(scope: Scope) -> bool:
    """Whether people come over https: by what a trusted proxy says, else by the public address."""
    settings = get_settings()
    if settings.trusted_proxies:
        return scope.get("scheme") in {"https", "wss"}
    return settings.secure_cookies
