"""A load generator: so many connections, each asking again as soon as it is answered."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

WARM_UP = 1.0  # seconds whose answers are not counted


class WrongAnswers(RuntimeError):  # noqa: N818 - it says what is wrong
    """Raised when something else was measured than what was meant."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was seen.

    Attributes:
        seconds: For how long answers were counted.
        latencies: Of each counted answer, in milliseconds, in ascending order.
        statuses: How often each HTTP status came.
        refused: The first answer that was no success.
    """

    seconds: float
    latencies: list[float]
    statuses: Counter[int] = field(default_factory=Counter[int])
    refused: str = ""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, part: float) -> float:
        """Return the latency, in milliseconds, that a part of the answers kept below.

        Raises:
            ValueError: Nothing was answered.
        """
        if not self.latencies:
            raise ValueError("nothing was answered")
        return self.latencies[math.ceil(part * len(self.latencies)) - 1]

    def all_of(self, status: int) -> Self:
        """Return this, if every answer had a status.

        Raises:
            WrongAnswers: Others were among them.
        """
        if set(self.statuses) != {status}:
            raise WrongAnswers(f"wanted {status}, got {dict(self.statuses)}: {self.refused}")
        return self


def load(url: str, requests: Iterator[bytes], *, connections: int, seconds: float) -> Measured:
    """Send requests for some seconds, after a second to warm up.

    Args:
        url: The server.
        requests: Whole HTTP/1.1 requests; when they run out, the measurement ends.
        connections: How many are under way at any time.
        seconds: For how long answers are counted.
    """
    return asyncio.run(_load(url, requests, connections, seconds))


def get(path: str, *, authorization: str = "") -> bytes:
    """Return a GET request."""
    who = f"Authorization: {authorization}\r\n" if authorization else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{who}\r\n".encode()


def post(path: str, body: str) -> bytes:
    """Return a POST request with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()


async def _load(url: str, requests: Iterator[bytes], connections: int, seconds: float) -> Measured:
    counts_from = time.perf_counter() + WARM_UP
    until = counts_from + seconds
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    refused = ""

    async def client() -> None:
        nonlocal refused
        place = urlsplit(url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        for request in requests:
            begun = time.perf_counter()
            if begun > until:
                break
            writer.write(request)
            status, body = await _answer(reader)
            if status >= 400:
                refused = refused or body.decode()
            ended = time.perf_counter()
            if counts_from <= begun and ended <= until:
                latencies.append(1000 * (ended - begun))
                statuses[status] += 1
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client() for _ in range(connections)))
    counted = max(min(time.perf_counter(), until) - counts_from, 0.001)
    return Measured(counted, sorted(latencies), statuses, refused)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return int(head[9:12]), await reader.readexactly(int(length))
