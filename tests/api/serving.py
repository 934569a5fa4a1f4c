"""The API behind a real server, on a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from parkplace.api.app import make_api, templates
from parkplace.core import logs
from parkplace.front.front import Front

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds for it to come up


def fronted() -> ASGIApp:
    """Make the API with the front before it, and without the pages behind it."""
    logs.configure(level=os.environ.get("LEVEL", "INFO"))
    api = make_api()
    return Front(api, routes=templates(api))


@contextmanager
def served(app: str = "tests.api.serving:fronted", **environment: str) -> Generator[str]:
    """Serve an app as `make run` does, and give its address."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", app]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    command += ["--workers-kill-timeout", "3"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the server did not come up")
