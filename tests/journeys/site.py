"""The whole product, built and served as `make run` does it, for a browser to walk through."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg2

from parkplace.core.times import Period
from parkplace.launcher.ports import HOST, answers, remembered_port
from parkplace.serving import web_server
from parkplace.web import build
from tests import databases
from tests.journeys.steps import PASSWORD
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
        with httpx.Client(trust_env=False) as client:
            told = client.post(f"{self.url}/dev/clock", json={"offset_seconds": seconds})
            told.raise_for_status()
        self.sandbox.clock(seconds)

    def register(self, email: str, *, name: str, password: str = PASSWORD) -> None:
        """Make an account, as programs do."""
        account = {"email": email, "password": password, "name": name}
        with httpx.Client(trust_env=False) as client:
            client.post(f"{self.url}/api/v1/auth/register", json=account).raise_for_status()

    def hold(self, *, plate: str, email: str, near: tuple[float, float], period: Period) -> None:
        """Hold the nearest free space for a guest, as programs do."""
        when = {"starts_at": f"{period.starts_at:%FT%TZ}", "ends_at": f"{period.ends_at:%FT%TZ}"}
        with httpx.Client(base_url=f"{self.url}/api/v1", trust_env=False) as client:
            search = {"lat": near[0], "lng": near[1], "radius": 1000, **when}
            found = client.get("/spaces", params=search).raise_for_status().json()["items"]
            wanted = {"space_id": found[0]["id"], "plate": plate, "email": email, **when}
            client.post("/bookings", json=wanted).raise_for_status()

    def count(self, query: str, *values: str) -> int:
        """Count the rows that a query finds in the site's database."""
        with closing(psycopg2.connect(self.database_url)) as connection:
            cursor = connection.cursor()
            cursor.execute(query, values)
            return cursor.rowcount

    def link(self, page: str, *, to: str) -> str:
        """Return the newest link to a page, such as `verify-email`, in a letter to an address."""
        query = "SELECT text FROM emails WHERE to_address = %s ORDER BY id DESC"
        with closing(psycopg2.connect(self.database_url)) as connection:
            cursor = connection.cursor()
            cursor.execute(query, (to,))
            letters = "\n".join(text for (text,) in cursor.fetchall())
        found = re.search(rf"{re.escape(self.url)}/{page}/\S+", letters)
        assert found is not None, letters
        return found[0]

    def run(self, *command: str, typed: str = "") -> str:
        """Run one of the operator's commands against this site; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "parkplace", *command],
            env={**os.environ, "DATABASE_URL": self.database_url},
            capture_output=True,
            text=True,
            check=False,
            input=typed,
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
            **sandbox.environment(),
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
            process.terminate()
            process.wait(PATIENCE)
