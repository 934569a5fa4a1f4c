"""One request as the resources see it, and the table entry that leads to them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from parkplace.stripe_sandbox.errors import ApiError, Json
from parkplace.stripe_sandbox.store import Clock, Store, public

PAGING = "limit starting_after ending_before created"


@dataclass(slots=True)
class Config:
    """How the sandbox was started.

    Attributes:
        url: Where browsers reach the hosted pages.
        webhook_url: Where events go; None sends none.
        webhook_secret: What they are signed with.
        webhook_events: The types that are sent; empty sends all.
        return_hosts: Hosts that people may be sent back to; empty allows any.
        faults: Whether tests may switch on faults and set the clock.
    """

    url: str
    webhook_url: str | None = None
    webhook_secret: str = ""
    webhook_events: frozenset[str] = frozenset()
    return_hosts: frozenset[str] = frozenset()
    faults: bool = False

    def sends(self, kind: str) -> bool:
        """Whether events of a type go to anybody."""
        wanted = not self.webhook_events or kind in self.webhook_events
        return wanted and self.webhook_url is not None


@dataclass(slots=True)
class Call:
    """What a handler works with: the store, the moment, and what was asked.

    Attributes:
        params: The checked parameters.
        ids: The named parts of the path.
        account: The connected account the request speaks for, if any.
        key: The request's idempotency key, if any.
    """

    store: Store
    config: Config
    clock: Clock
    params: Json = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    account: str | None = None
    request_id: str | None = None
    key: str | None = None

    @property
    def now(self) -> int:
        """The sandbox's time, in whole seconds since 1970."""
        return self.clock.now()

    def check_address(self, param: str, *, used: bool = True) -> None:
        """Refuse a parameter that people cannot, or (when `used`) may not, be sent to.

        Raises:
            ApiError: It is no http(s) URL, or its host is not among `--return-host`.
        """
        parts = urlsplit(str(self.params[param]))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ApiError("Not a valid URL", code="url_invalid", param=param)
        hosts = self.config.return_hosts
        if used and hosts and parts.hostname not in hosts:
            message = f"{parts.hostname} is not a --return-host"
            raise ApiError(message, code="url_invalid", param=param)


@dataclass(frozen=True)
class Operation:
    """A route: its parameters' type, which of them the sandbox acts on, and what does the work."""

    method: str
    path: str
    shape: type
    uses: frozenset[str]
    run: Callable[[Call], Json]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path with its `{names}` as groups."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


def operation(
    method: str, path: str, shape: type, run: Callable[[Call], Json], uses: str = ""
) -> Operation:
    """Return a route; every one takes `expand`."""
    return Operation(method, path, shape, frozenset({"expand", *uses.split()}), run)


def expanded(store: Store, obj: Json, paths: list[str]) -> Json:
    """Return an object with the ids at these dotted paths replaced by what they name.

    Raises:
        ApiError: A path leads to no id.
    """
    for path in paths:
        _expand(store, obj, path.split("."), path)
    return obj


def _expand(store: Store, obj: Json, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    value = obj.get(name)
    if isinstance(value, list):
        for item in value:
            _expand(store, item, rest, path)
        return
    if isinstance(value, str):
        found = store.get(value)
        if found is None:
            raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
        obj[name] = public(found)
    elif value is None and name in obj:
        return
    elif not isinstance(value, dict):
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    if rest:
        _expand(store, obj[name], rest, path)
