"""How often something may be tried: the guard against guessing and flooding.

Doors call `hit` before they open a transaction. Counts live in this process, or in Redis when
`REDIS_URL` is set, so that several processes share them. `PARKPLACE_RATE_LIMITS=off` switches all
of it off, for load tests.
"""

import hashlib
import ipaddress
import logging
import math
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from parkplace.core.errors import Forbidden
from parkplace.core.settings import get_settings

log = logging.getLogger(__name__)
_IPV6_HOME = 64  # bits: what one household or server is given


class TooMany(Forbidden):
    """Raised when something was tried too often; `details["retry_after"]` says seconds to wait.

    It is a `Forbidden` to code that knows only the five kinds; the API gives this one its own
    status, 429, with a `Retry-After` header.
    """

    code = "too_many_attempts"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(
            f"Too many attempts. Wait {_spoken(retry_after)} and try again.",
            details={"retry_after": str(retry_after)},
        )
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `amount` of something within `seconds`, counted over a sliding window."""

    name: str
    amount: int
    seconds: int

    def item(self) -> RateLimitItem:
        """Return the policy as the library speaks of it."""
        return RateLimitItemPerSecond(self.amount, self.seconds, namespace=self.name)


# A person mistypes a password a few times; a guesser needs thousands of tries.
SIGN_IN_PAIR = Policy("sign-in-pair", 10, 15 * 60)
SIGN_IN_ADDRESS = Policy("sign-in-address", 60, 15 * 60)
# Loose and short, because strangers can fill it: what it stops is one account guessed at from
# hundreds of addresses.
SIGN_IN_EMAIL = Policy("sign-in-email", 100, 5 * 60)
REGISTER = Policy("register", 20, 60 * 60)
REPORT = Policy("report", 20, 60 * 60)
UPLOAD = Policy("upload", 100, 60 * 60)
# An office shares one address; these only stop programs that run wild.
# Papers are sent once or twice in a life; an export reads all that is kept about somebody.
IDENTITY = Policy("identity", 10, 24 * 60 * 60)
EXPORT = Policy("export", 10, 60 * 60)
ERASE = Policy("erase", 10, 15 * 60)
QUOTE = Policy("quote", 600, 60)
BOOK = Policy("book", 120, 60)
# Each one may keep somebody else's server busy for seconds.
GEOCODE = Policy("geocode", 60, 60)


def hit(policy: Policy, *key: str) -> None:
    """Count one attempt, and refuse it when there were too many.

    Args:
        policy: How many are allowed.
        key: Whose attempts are counted together, such as a `network` or an e-mail address.

    Raises:
        TooMany: With the seconds to wait.
    """
    if get_settings().rate_limits == "off":
        return
    item, name = policy.item(), _digest(key)
    limiter = _limiter(get_settings().redis_url)
    try:
        allowed = limiter.hit(item, name)
    except StorageError:
        # Counting here alone is weaker than counting together, and better than letting everybody
        # in or nobody.
        log.warning("Redis does not answer: attempts are counted in this process alone")
        limiter = _limiter(None)
        allowed = limiter.hit(item, name)
    if not allowed:
        raise TooMany(retry_after=_wait(limiter, item, name))


def forget(policy: Policy, *key: str) -> None:
    """Begin counting anew, as after a sign-in that went well."""
    _limiter(None).clear(policy.item(), _digest(key))
    with suppress(StorageError):
        _limiter(get_settings().redis_url).clear(policy.item(), _digest(key))


def remember(what: str, *key: str, seconds: int) -> None:
    """Keep in mind for a time that something was so, where the counts are kept."""
    storage, name = _limiter(get_settings().redis_url).storage, f"{what}/{_digest(key)}"
    with suppress(StorageError):
        storage.clear(name)
        storage.incr(name, seconds)


def remembered(what: str, *key: str) -> bool:
    """Whether `remember` was told so, and not too long ago."""
    storage, name = _limiter(get_settings().redis_url).storage, f"{what}/{_digest(key)}"
    with suppress(StorageError):
        return storage.get(name) > 0
    return False


def network(address: str) -> str:
    """Return whose attempts to count together for a network address.

    IPv4 addresses count alone; IPv6 ones by their first 64 bits, because anyone who has one has
    all the others behind it. What is no address (a unix socket, a test client) counts as it is.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), _IPV6_HOME), strict=False))
    return str(parsed)


@lru_cache(maxsize=4)
def _limiter(redis_url: str | None) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(_storage(redis_url))


def _storage(redis_url: str | None) -> Storage:
    if redis_url is None:
        return MemoryStorage()
    shared = storage_from_string(
        redis_url, wrap_exceptions=True, socket_timeout=1, socket_connect_timeout=1
    )
    if not isinstance(shared, Storage):
        raise TypeError("REDIS_URL must not name an asynchronous client")
    return shared


def _digest(key: tuple[str, ...]) -> str:
    # Whatever a stranger sends makes a short key, and no address is kept readable.
    return hashlib.sha256("\n".join(key).encode(errors="surrogatepass")).hexdigest()[:32]


def _wait(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, name: str) -> int:
    try:
        reset = limiter.get_window_stats(item, name).reset_time
    except StorageError:
        reset = time.time() + item.get_expiry()
    return max(1, math.ceil(reset - time.time()))


def _spoken(seconds: int) -> str:
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
