"""Live signals: what PostgreSQL notifies, handed to whoever listens in this process.

A signal is a topic and nothing else: "the truth about this changed, read it again". One thread
keeps one LISTEN connection, however many listen. What was missed while that connection was down is
made up for: as soon as it stands again, everybody is told to read everything again.
"""

import asyncio
import logging
import select
import socket
import threading
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, closing, suppress
from functools import lru_cache

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from parkplace.core.db import engine

log = logging.getLogger(__name__)

_CHANNEL = "live"
_SILENCE = 30.0  # seconds without a signal after which the connection is asked if it still stands
_PATIENCE = 5.0  # seconds a new listener waits for the connection
_RETRY_AFTER = (0.2, 1.0, 5.0)  # seconds


class Listener:
    """Somebody who wants to hear about a few topics, on the event loop it was made on.

    What was heard and not yet taken is a set, so a slow listener hears of each topic once and
    never keeps more than it asked for.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self._loop = asyncio.get_running_loop()
        self._heard: set[str] = set()
        self._over = False
        self._ring = asyncio.Event()

    async def take(self) -> list[str]:
        """Wait for signals and return their topics; an empty list means that it is over."""
        while not self._heard and not self._over:
            self._ring.clear()
            await self._ring.wait()
        heard = [] if self._over else sorted(self._heard)
        self._heard.clear()
        return heard

    def tell(self, topics: Iterable[str], *, over: bool = False) -> None:
        """Note signals, or that there will be none any more; from any thread."""
        with suppress(RuntimeError):  # the loop is gone, and whoever waited on it
            self._loop.call_soon_threadsafe(self._hear, self.topics.intersection(topics), over)

    def _hear(self, topics: frozenset[str], over: bool) -> None:  # noqa: FBT001
        self._heard |= topics
        self._over |= over
        self._ring.set()


class Hub:
    """Hands PostgreSQL's notifications to this process's listeners; starts with the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._thread: threading.Thread | None = None
        self._connected = threading.Event()
        self._stopping = threading.Event()
        self._bell, self._rope = socket.socketpair()

    @asynccontextmanager
    async def listening(self, topics: Iterable[str]) -> AsyncGenerator[Listener, None]:
        """Hear about topics while the block runs.

        The block begins once the connection stands, so a caller that reads afterwards misses
        nothing; without a database it begins anyway, and all is told when there is one again.
        """
        self._start()
        if not self._connected.is_set():
            await asyncio.to_thread(self._connected.wait, _PATIENCE)
        listener = Listener(topics)
        self._add(listener)
        try:
            yield listener
        finally:
            self._remove(listener)

    def count(self) -> int:
        """Return how many listen now."""
        return len(self._everybody())

    def close(self) -> None:
        """End the connection and everybody's listening; the next listener starts it anew."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        self._rope.send(b"\0")
        thread.join()
        self._bell.recv(16)
        self._stopping.clear()
        for listener in self._everybody():
            listener.tell((), over=True)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()

    def _add(self, listener: Listener) -> None:
        with self._lock:
            for topic in listener.topics:
                self._listeners[topic].add(listener)

    def _remove(self, listener: Listener) -> None:
        with self._lock:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def _everybody(self) -> set[Listener]:
        with self._lock:
            return set[Listener]().union(*self._listeners.values())

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                with closing(_connect()) as heard:
                    failures = 0
                    self._connected.set()
                    for listener in self._everybody():
                        listener.tell(listener.topics)
                    self._listen(heard)
            except psycopg2.Error as error:
                log.warning("live signals are interrupted: %s", type(error).__name__)
                pause = _RETRY_AFTER[min(failures, len(_RETRY_AFTER) - 1)]
                failures += 1
                self._connected.clear()
                self._stopping.wait(pause)
        self._connected.clear()

    def _listen(self, heard: connection) -> None:
        while not self._stopping.is_set():
            ready, _, _ = select.select([heard, self._bell], [], [], _SILENCE)
            if not ready:
                heard.cursor().execute("SELECT 1")
            heard.poll()
            topics = {notify.payload for notify in heard.notifies}
            heard.notifies.clear()
            self._deliver(topics)

    def _deliver(self, topics: set[str]) -> None:
        with self._lock:
            concerned = {
                listener for topic in topics for listener in self._listeners.get(topic, ())
            }
        for listener in concerned:
            listener.tell(topics)


@lru_cache(maxsize=1)
def hub() -> Hub:
    """Return the hub of this process."""
    return Hub()


def _connect() -> connection:
    url = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    made = psycopg2.connect(url, connect_timeout=5, application_name="parkplace live")
    made.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    made.cursor().execute(f"LISTEN {_CHANNEL}")
    return made
