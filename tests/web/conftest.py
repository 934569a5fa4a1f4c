"""A Chromium, and the built pages served without a database, for tests of what people see."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from parkplace.launcher.chromium import ARGUMENTS
from parkplace.launcher.ports import HOST, answers
from parkplace.web import build
from tests.web.tiles import TileServer, tile_server

PATIENCE = 90  # seconds until the server answers on a busy machine


# Not for longer: while Playwright runs, no other test can run an event loop of its own.
@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Generator[Browser]:
    """A running Chromium; open a context of your own in it, and close it."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def pages() -> Generator[str]:
    """The address at which the built pages are served; nothing behind them has a database."""
    with serving(tile_url="none") as address:
        yield address


@pytest.fixture(scope="session")
def tiles() -> Generator[TileServer]:
    """A tile server on this machine."""
    with tile_server() as server:
        yield server


@pytest.fixture(scope="session")
def pages_with_tiles(tiles: TileServer) -> Generator[str]:
    """The address of the same pages, whose map takes its ground from `tiles`."""
    with serving(tile_url=tiles.address) as address:
        yield address


@contextmanager
def serving(*, tile_url: str) -> Generator[str]:
    build.ensure()
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    address = f"http://{HOST}:{port}"
    surroundings = {
        **os.environ,
        **build.serving(),
        "PORT": str(port),
        "PARKPLACE_PUBLIC_URL": address,
        "PARKPLACE_JOBS": "0",
        "TILE_URL": tile_url,
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--host", HOST, "--port", str(port), "parkplace.parkplace:app"]
    with subprocess.Popen(command, cwd=build.ROOT, env=surroundings) as server:
        try:
            assert answers(
                f"{address}/ping", while_true=lambda: server.poll() is None, seconds=PATIENCE
            ), "the pages' server did not come up"
            yield address
        finally:
            server.terminate()
            server.wait(30)
