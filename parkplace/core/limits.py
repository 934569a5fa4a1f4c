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
from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
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
# Three of a million codes are right at any moment: at this rate a guesser who has the password
# needs twenty years for an even chance.
SECOND_STEP = Policy("second-step", 10, 15 * 60)
SECOND_STEP_DAY = Policy("second-step-day", 30, 24 * 60 * 60)
# Each one may ask a provider something.
OPENID = Policy("openid", 60, 15 * 60)
REGISTER = Policy("register", 20, 60 * 60)
# Each may send a letter to somebody. The second is short, because strangers can fill it.
FRESH_LINK = Policy("fresh-link", 20, 60 * 60)
FRESH_LINK_EMAIL = Policy("fresh-link-email", 10, 5 * 60)
# Each may be a guess at somebody's card.
CARD_SETUP = Policy("card-setup", 20, 60 * 60)
PAYMENT = Policy("payment", 120, 60 * 60)
REPORT = Policy("report", 20, 60 * 60)
UPLOAD = Policy("upload", 100, 60 * 60)
# Papers are sent once or twice in a life; an export reads all that is kept about somebody.
IDENTITY = Policy("identity", 10, 24 * 60 * 60)
EXPORT = Policy("export", 10, 60 * 60)
ERASE = Policy("erase", 10, 15 * 60)
# An office shares one address; these only stop programs that run wild.
QUOTE = Policy("quote", 600, 60)
BOOK = Policy("book", 120, 60)
# Each one may keep somebody else's server busy for seconds.
GEOCODE = Policy("geocode", 60, 60)
# One mailbox, whoever asks: enough for somebody who cannot find a letter, too few to bury one.
LETTER = Policy("letter", 3, 60 * 60)
ASK_RESET = Policy("ask-reset", 20, 60 * 60)
CHANGE_EMAIL = Policy("change-email", 10, 60 * 60)
# Somebody who borrowed a session may guess at the password of its account.
PASSWORD_ACCOUNT = Policy("password-account", 10, 15 * 60)
PASSWORD_ADDRESS = Policy("password-address", 60, 15 * 60)
LINK = Policy("link", 60, 15 * 60)
# What costs next to nothing: only a program that runs wild gets there.
ACCOUNT = Policy("account", 300, 60)
ACCOUNT_ADDRESS = Policy("account-address", 600, 60)
# Everything a program asks of the API: ten a second, which no script written with care reaches.
API = Policy("api", 600, 60)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one caller stands with one policy: what is left, and seconds until all of it is again."""

    policy: Policy
    remaining: int
    reset: int


_standings: ContextVar[list[Standing] | None] = ContextVar("standings", default=None)


@contextmanager
def noting() -> Generator[list[Standing]]:
    """Note how the caller stands after each count in the block, for the headers of an answer."""
    noted: list[Standing] = []
    before = _standings.set(noted)
    try:
        yield noted
    finally:
        _standings.reset(before)


def hit(policy: Policy, *key: str) -> None:
    """Count one attempt, and refuse it when there were too many.

    Args:
        policy: How many are allowed.
        key: Whose attempts are counted together, such as a `network` or an e-mail address.

    Raises:
        TooMany: With the seconds to wait.
    """
    limiter, allowed = _counted(policy, key)
    if not allowed:
        wait = _wait(limiter, policy.item(), _digest(key))
        _note(Standing(policy, 0, wait))
        raise TooMany(retry_after=wait)
    if get_settings().rate_limits != "off" and _standings.get() is not None:
        _note(_standing(limiter, policy, _digest(key)))


def admits(policy: Policy, *key: str) -> bool:
    """Count one attempt as `hit` does, and say whether it is one too many instead of refusing it.

    For what has to be answered alike either way, because the answer would tell about others.
    """
    return _counted(policy, key)[1]


def flood(policy: Policy, *key: str) -> None:
    """Count one of very many: like `hit`, in a microsecond, for what every request goes through.

    Counts live in this process alone, because what they guard is this process. Windows begin on
    the clock, so twice the amount may come at their border.

    Raises:
        TooMany: With the seconds to wait.
    """
    if get_settings().rate_limits == "off":
        return
    count, wait = _flood.count(policy, "\n".join(key))
    _note(Standing(policy, max(0, policy.amount - count), wait))
    if count > policy.amount:
        raise TooMany(retry_after=wait)


class _Windows:
    """Counts by name within the current window, and forgets them all when the next begins."""

    def __init__(self) -> None:
        self._windows: dict[Policy, tuple[int, dict[str, int]]] = {}

    def count(self, policy: Policy, name: str) -> tuple[int, int]:
        """Count one more; return how many it are, and the seconds until the window ends."""
        moment = time.time()
        number = int(moment // policy.seconds)
        begun, counts = self._windows.get(policy, (-1, {}))
        if begun != number:
            counts = {}
            self._windows[policy] = (number, counts)
        counts[name] = counts.get(name, 0) + 1
        return counts[name], math.ceil((number + 1) * policy.seconds - moment)


_flood = _Windows()


def forget(policy: Policy, *key: str) -> None:
    """Begin counting anew, as after a sign-in that went well."""
    _limiter(None).clear(policy.item(), _digest(key))
    with suppress(StorageError):
        _limiter(get_settings().redis_url).clear(policy.item(), _digest(key))


def forget_all() -> None:
    """Begin counting everything of this process anew, so that a test knows nothing of the last."""
    _limiter.cache_clear()


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


@lru_cache(maxsize=4096)
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


def _counted(policy: Policy, key: tuple[str, ...]) -> tuple[SlidingWindowCounterRateLimiter, bool]:
    limiter = _limiter(get_settings().redis_url)
    if get_settings().rate_limits == "off":
        return limiter, True
    try:
        return limiter, limiter.hit(policy.item(), _digest(key))
    except StorageError:
        # Counting here alone is weaker than counting together, and better than letting everybody
        # in or nobody.
        log.warning("Redis does not answer: attempts are counted in this process alone")
        limiter = _limiter(None)
        return limiter, limiter.hit(policy.item(), _digest(key))


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


def _standing(limiter: SlidingWindowCounterRateLimiter, policy: Policy, name: str) -> Standing:
    try:
        stats = limiter.get_window_stats(policy.item(), name)
    except StorageError:
        return Standing(policy, 0, policy.seconds)
    return Standing(policy, stats.remaining, max(1, math.ceil(stats.reset_time - time.time())))


def _note(standing: Standing) -> None:
    noted = _standings.get()
    if noted is not None:
        noted.append(standing)


def _spoken(seconds: int) -> str:
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
