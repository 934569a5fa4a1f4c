"""The whole product, built and served as `make run` does it, for a browser to walk through."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from parkplace.launcher.ports import HOST, answers, remembered_port
from parkplace.serving import web_server
from parkplace.web import build
from tests import databases
from tests.stripe_sandbox.running import RunningSandbox

PATIENCE = 60


@dataclass(frozen=True)
class Site:
    """A running site: its address, its database, and its clock."""

    url: str
    database_url: str
    sandbox: RunningSandbox

    def travel(self, offset: timedelta) -> None:
        """Set the site's clock, and Stripe's, ahead of the world's."""
        seconds = int(offset.total_seconds())
        with closing(httpx.Client(trust_env=False)) as client:
            told = client.post(f"{self.url}/dev/clock", json={"offset_seconds": seconds})
            told.raise_for_status()
        self.sandbox.clock(seconds)

    def run(self, *command: str) -> str:
        """Run one of the operator's commands against this site; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "parkplace", *command],
            env={**os.environ, "DATABASE_URL": self.database_url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(server: str, sandbox: RunningSandbox, folder: Path) -> Generator[Site]:
    """Serve a site on an empty database for the length of a block."""
    build.ensure()
    port = remembered_port(folder / "port")
    url = f"http://localhost:{port}"
    with databases.fresh_database(server) as database_url:
        given = {
            "DATABASE_URL": database_url,
            "PARKPLACE_ENV": "test",
            "PARKPLACE_PUBLIC_URL": url,
            "PARKPLACE_DATA_DIR": str(folder),
            "PARKPLACE_RATE_LIMITS": "off",
            "STRIPE_API_KEY": sandbox.api_key,
            "STRIPE_BASE_URL": sandbox.url,
            "STRIPE_WEBHOOK_SECRET": sandbox.webhook_secret,
            "TILE_URL": "none",
            "GEOCODER_URL": "none",
        }
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                web_server(host=HOST, port=port),
                env={**os.environ, **given, **build.serving()},
                cwd=databases.ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            alive = answers(url, while_true=lambda: process.poll() is None, seconds=PATIENCE)
            assert alive, (folder / "server.log").read_text()
            sandbox.send_webhooks_to(f"{url}/api/v1/webhooks/stripe")
            yield Site(url, database_url, sandbox)
        finally:
            sandbox.send_webhooks_to(None)
            sandbox.clock(0)
            process.terminate()
            process.wait(PATIENCE)
