"""A client of an event stream, without a network between."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

PATIENCE = 60  # seconds, for machines with much else to do


class Stream:
    """An open answer: its status, and the events that arrive."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = asyncio.Event()
        self._answered = asyncio.Event()
        self._gone = asyncio.Event()
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {key.decode(): value.decode() for key, value in message["headers"]}
        elif message["type"] == "http.response.body":
            for line in message["body"].decode().splitlines():
                await self._lines.put(line)
            self._answered.set()

    async def answered(self) -> int:
        """Wait until the first piece of the answer is there; return its status."""
        await asyncio.wait_for(self._answered.wait(), PATIENCE)
        return self.status

    async def heard(self) -> str:
        """Wait for the next message and return its data."""
        while True:
            line = await asyncio.wait_for(self._lines.get(), PATIENCE)
            if line.startswith("data: "):
                return line.removeprefix("data: ")

    def waiting(self) -> list[str]:
        """Return the data of messages that have arrived and were not looked at."""
        lines: list[str] = []
        with suppress(asyncio.QueueEmpty):
            while True:
                lines.append(self._lines.get_nowait())
        return [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]

    def leave(self) -> None:
        self._gone.set()


@asynccontextmanager
async def listening(
    app: ASGIApp, topics: list[str], headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Stream, None]:
    """Open `/live` on some topics; leave when the block ends."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/live",
        "raw_path": b"/live",
        "root_path": "",
        "query_string": urlencode([("topic", topic) for topic in topics]).encode(),
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in (headers or {}).items()
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 8000),
    }
    stream = Stream()
    answering = asyncio.create_task(_answer(app, scope, stream))
    try:
        await stream.answered()
        yield stream
    finally:
        stream.leave()
        await asyncio.wait_for(answering, PATIENCE)


async def _answer(app: ASGIApp, scope: dict[str, Any], stream: Stream) -> None:
    await app(scope, stream.receive, stream.send)
    stream.ended.set()
