"""What tests may break on purpose; nothing here is reachable without `--faults`."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.types import Receive, Scope, Send


class Kind(StrEnum):
    """What can go wrong with a request."""

    DELAY = "delay"  # wait before answering, the work not yet begun
    FAIL = "fail"  # answer 500 before anything is committed
    DROP_REPLY = "drop_reply"  # commit, then break the connection in the middle of the answer


@dataclass(slots=True)
class Fault:
    """One fault: which requests it meets, and how many of them."""

    kind: str
    path: str = "/v1/"
    method: str = "POST"
    times: int = 1
    seconds: float = 0.0


@dataclass(slots=True)
class Faults:
    """The faults in force, and what is done to webhooks.

    Attributes:
        hold: Whether deliveries wait.
        backwards: Whether they leave newest first.
        copies: How often each is sent.
    """

    waiting: list[Fault] = field(default_factory=list)
    hold: bool = False
    backwards: bool = False
    copies: int = 1

    def take(self, kind: Kind, *, method: str, path: str) -> Fault | None:
        """Return the fault of this kind that a request meets, used up by one; None if none."""
        for fault in self.waiting:
            met = fault.kind == kind and fault.method == method and path.startswith(fault.path)
            if met and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    async def delay(self, *, method: str, path: str) -> None:
        """Wait as long as a delay fault says."""
        fault = self.take(Kind.DELAY, method=method, path=path)
        if fault is not None:
            await asyncio.sleep(fault.seconds)


class CutReply:
    """An answer whose connection breaks after its first bytes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Announce more than is sent, and stop."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id": "', "more_body": True})
