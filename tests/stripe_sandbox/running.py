"""The Stripe sandbox as a program that tests start, break, kill and walk through by HTTP."""

import html
import re
import select
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

import httpx
import pytest

API_VERSION = "2026-10-28.endive"
WEBHOOK_SECRET = "whsec_of_the_tests"
PATIENCE = 20
# Everything here is plain HTTP on loopback; loading certificates would take longer than the tests.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Visit:
    """Where a visit to the card page led: `location` outside, or what the page finds wrong."""

    location: str
    errors: tuple[str, ...] = ()


class RunningSandbox:
    """One sandbox process and its data folder; killing and starting it again keeps the address."""

    api_key = "sk_test_sandbox_of_the_tests"
    webhook_secret = WEBHOOK_SECRET

    def __init__(self, folder: Path, *options: str, breakable: bool = True) -> None:
        self._folder = folder
        self._options = [*options, *(["--faults"] if breakable else [])]
        self._port = 0
        self.start()

    def environment(self) -> dict[str, str]:
        """What points the product at it."""
        return {
            "STRIPE_API_KEY": self.api_key,
            "STRIPE_BASE_URL": self.url,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
        }

    def start(self) -> None:
        """Start it, on the port of before when there was one."""
        command = [sys.executable, "-m", "parkplace.stripe_sandbox", "--data", str(self._folder)]
        command += ["--port", str(self._port), "--webhook-secret", self.webhook_secret]
        self.process = subprocess.Popen([*command, *self._options], stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().decode() if ready else ""
        match = re.fullmatch(r"stripe sandbox ready on (http://127\.0\.0\.1:(\d+))\n", line)
        if match is None:
            self.kill()
            raise RuntimeError(f"the sandbox did not come up: {line!r}")
        self.url, self._port = match[1], int(match[2])

    def kill(self) -> None:
        """End it without a warning, as `kill -9` does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        code = self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def client(self, **headers: str) -> httpx.Client:
        """Return an HTTP client that is let in."""
        known = {"Authorization": f"Bearer {self.api_key}", "Stripe-Version": API_VERSION}
        return httpx.Client(
            base_url=self.url, headers=known | headers, trust_env=False, verify=_NO_TLS
        )

    def faults(self, *requests: dict[str, Any], **webhooks: object) -> None:
        """Break things: `{"kind": "drop_reply" | "delay" | "fail", "path", "times", "seconds"}`.

        For webhooks: `hold=True`, `backwards=True`, `copies=2`. `clear=True` mends everything.
        """
        self._tell("faults", {"requests": list(requests), **webhooks})

    def clock(self, offset: float) -> int:
        """Set its clock ahead by so many seconds; return the time it has then."""
        return self._tell("clock", {"offset": offset})

    def clock_at(self, moment: datetime) -> None:
        """Set its clock to a moment, from which it runs on."""
        self.clock((moment - datetime.now(UTC)).total_seconds())

    def send_webhooks_to(self, url: str | None) -> None:
        """Send events that happen from now on to this address; None forgets what is on its way."""
        self._tell("webhook", {"url": url})

    def _tell(self, what: str, given: dict[str, Any]) -> int:
        with self.client() as client:
            return client.post(f"/_sandbox/{what}", json=given).raise_for_status().json()["now"]

    def submit_card(
        self, checkout_url: str, number: str, *, expiry: str = "12/34", cvc: str = "123"
    ) -> Visit:
        """Fill in the card page and send it; a bank's page on the way is answered with yes."""
        typed = {"card_number": number, "expiry": expiry, "cvc": cvc}
        with self.client() as client:
            page = client.get(checkout_url)
            for name in typed:
                assert f'name="{name}"' in page.text
            assert 'data-testid="submit-card"' in page.text
            answer = client.post(checkout_url, data=typed)
            if answer.status_code != 303:
                found = re.findall(r'class="wrong"[^>]*>([^<]*)<', answer.text)
                return Visit("", tuple(html.unescape(text) for text in found))
        location = answer.headers["location"]
        return Visit(self.answer_bank(location) if "/3ds/" in location else location)

    def answer_bank(self, url: str, *, authorise: bool = True) -> str:
        """Answer the bank's question (3-D Secure); return where the person is sent then."""
        with self.client() as client:
            assert 'data-testid="authorise"' in client.get(url).text
            answer = client.post(url, data={"answer": "authorise" if authorise else "refuse"})
            assert answer.status_code == 303, answer.text
            return urljoin(url, answer.headers["location"])

    def finish_onboarding(self, url: str) -> str:
        """Press the one button of a host's onboarding; return where they are sent then."""
        with self.client() as client:
            assert 'data-testid="finish-onboarding"' in client.get(url).text
            answer = client.post(url)
            assert answer.status_code == 303, answer.text
            return answer.headers["location"]


@contextmanager
def running(folder: Path, *options: str, breakable: bool = True) -> Generator[RunningSandbox]:
    """Run a sandbox for the length of a block."""
    sandbox = RunningSandbox(folder, *options, breakable=breakable)
    try:
        yield sandbox
    finally:
        if sandbox.process.poll() is None:
            sandbox.kill()


@pytest.fixture(scope="session")
def stripe_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A sandbox that all tests of this run share; undo the faults and the clock you set."""
    with running(tmp_path_factory.mktemp("stripe")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def paying_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A sandbox that hosts are paid from, on whose balance nobody else counts."""
    with running(tmp_path_factory.mktemp("stripe-that-pays")) as sandbox:
        yield sandbox


@dataclass(frozen=True)
class Delivery:
    """One webhook as it came in."""

    body: bytes
    signature: str

    @property
    def type(self) -> str:
        """What it tells of."""
        match = re.search(rb'"type": "([a-z_.]+)"\}$', self.body)
        assert match is not None
        return match[1].decode()


class Receiver:
    """A shop's webhook address; answers with the statuses it is given, then with 200."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self._changed = threading.Condition()
        self._deliveries: list[Delivery] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler

    def take(self, body: bytes, signature: str) -> int:
        """Keep a delivery and return the status to answer with."""
        with self._changed:
            self._deliveries.append(Delivery(body, signature))
            self._changed.notify_all()
            return self._statuses.pop(0) if self._statuses else 200

    def wait_for(self, count: int, *, about: str) -> list[Delivery]:
        """Return the first deliveries that mention an id, once there are so many."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._about(about)) >= count, PATIENCE):
                raise AssertionError(f"{len(self._about(about))} of {count} webhooks came")
            return self._about(about)[:count]

    def _about(self, name: str) -> list[Delivery]:
        return [delivery for delivery in self._deliveries if name.encode() in delivery.body]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
