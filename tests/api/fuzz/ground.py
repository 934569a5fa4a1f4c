"""A real server with a filled database, for programs that try everything."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from parkplace.core import heartbeats
from parkplace.core.db import transaction
from tests import databases
from tests.api.fuzz.people import LASTS, NOW, token_of
from tests.api.serving import served
from tests.api.worlds import World, world
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox


@dataclass(frozen=True)
class Ground:
    """Where the server is, and what is in its database."""

    url: str
    database_url: str
    world: World


@contextmanager
def ground(database_server: str, sandbox: RunningSandbox) -> Generator[Ground]:
    """Serve a world of its own for the length of a block; it is `NOW` there."""
    with (
        databases.fresh_database(database_server) as url,
        databases.pointed_at(url),
        paid_through(sandbox),
    ):
        made = _filled()
        with served(PARKPLACE_RATE_LIMITS="off", GEOCODER_URL="none") as address:
            ahead = int((NOW - datetime.now(UTC)).total_seconds())
            told = httpx.post(
                f"{address}/dev/clock", json={"offset_seconds": ahead}, trust_env=False
            )
            told.raise_for_status()
            sandbox.send_webhooks_to(f"{address}/api/v1/webhooks/stripe")
            yield Ground(address, url, made)


def _filled() -> World:
    with transaction() as session:
        # No job runs here, and it is a long day.
        heartbeats.beat(session, name=heartbeats.JOBS, now=NOW + LASTS)
        return world(session, token_of)
