"""What is measured: a database of a size, and the product serving it as `make run` does."""

import os
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text

from bench.data import fill
from parkplace import serving
from parkplace.accounts.service import register
from parkplace.core.db import close, driver_url, transaction
from parkplace.core.settings import get_settings
from parkplace.core.times import Period
from parkplace.launcher.commands import LauncherError
from parkplace.launcher.ports import HOST, answers, remembered_port
from parkplace.launcher.postgres import Cluster, drop_database, ensure_database
from parkplace.launcher.processes import Children
from parkplace.launcher.sandbox import start_sandbox
from parkplace.payments.answers import WEBHOOK_EVENTS
from parkplace.spaces.importers.rows import Defaults, Rate
from parkplace.spaces.importers.service import import_spaces
from parkplace.web import build

PATIENCE = 60  # seconds for the server to come up


@dataclass(frozen=True, slots=True)
class Size:
    """How much is there.

    Attributes:
        spaces: How many are made, or at most imported.
    """

    name: str
    spaces: int
    occupancies: int


SIZES = {
    "city": Size("city", 15_406, 200_000),
    "world": Size("world", 1_000_000, 5_000_000),
}

# At most 20,000, because more are never asked for.
_TARGETS = """
    CREATE TABLE bench_targets AS
    SELECT (turn % 16) * 100000 + turn / 16 + 1 AS n, space_id
    FROM (
        SELECT s.id AS space_id, row_number() OVER (ORDER BY md5(s.id::text)) - 1 AS turn
        FROM spaces s LEFT JOIN schedules ON schedules.id = s.schedule_id
        WHERE s.status = 'published'
            AND coalesce(open_during @> tstzrange(:starts, :ends), true)
            AND NOT EXISTS (
                SELECT FROM occupancies
                WHERE space_id = s.id AND during && tstzrange(:starts, :ends)
            )
        LIMIT 20000
    ) free
"""


@contextmanager
def database(cluster: Cluster, size: Size, *, meters: Path | None, now: datetime) -> Generator[str]:
    """Give the URL of a database with that much in it, dropped afterwards.

    Args:
        cluster: Where.
        size: How much.
        meters: New York's file of meters, to be imported instead of made.
        now: Around when its stays are.
    """
    name = f"bench_{size.name}"
    drop_database(cluster, name)
    url = ensure_database(cluster, name)
    try:
        serving.upgrade(url)
        with pointed_at(url):
            spaces = size.spaces if meters is None else _imported(meters, now=now)
        fill(url, spaces=spaces, occupancies=size.occupancies, now=now, say=serving.say)
        yield url
    finally:
        drop_database(cluster, name)


@contextmanager
def product(database_url: str) -> Generator[str]:
    """Serve the product on a database for the length of the block; gives its URL."""
    build.ensure()
    with TemporaryDirectory() as folder, Children() as children:
        port = remembered_port(Path(folder) / "port")
        url = f"http://{HOST}:{port}"
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "PARKPLACE_DATA_DIR": folder,
            "PARKPLACE_PUBLIC_URL": url,
            "PARKPLACE_RATE_LIMITS": "off",
            "PARKPLACE_SECRET_KEY": "of a measurement, which guards nothing",
        }
        sandbox, sandbox_is_up = start_sandbox(
            children,
            data_dir=Path(folder),
            webhook_url=f"{url}{serving.WEBHOOK}",
            webhook_events=WEBHOOK_EVENTS,
            environment=environment,
            root=serving.ROOT,
        )
        server = children.start(
            "The web server",
            serving.web_server(host=HOST, port=port),
            environment={**environment, **sandbox.environment(), **build.serving()},
            folder=serving.ROOT,
        )
        sandbox_is_up()
        alive = answers(f"{url}/readyz", while_true=lambda: server.poll() is None, seconds=PATIENCE)
        if not alive:
            raise LauncherError("The web server does not answer; what stands above says why.")
        yield url


def counts(database_url: str) -> tuple[int, int]:
    """Return how many spaces and occupancies there are; meters share spaces."""
    bench = create_engine(driver_url(database_url))
    with bench.connect() as connection:
        tables = ("spaces", "occupancies")
        found = [connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]  # noqa: S608
    bench.dispose()
    return found[0], found[1]


def free_spaces(database_url: str, *, period: Period) -> list[str]:
    """Return the ids of spaces that are open and empty for a whole period, in no order.

    They stand in `bench_targets` too, dealt to 16 connections: those of the first are numbered from
    1, those of the second from 100,001 and so on.
    """
    bench = create_engine(driver_url(database_url))
    with bench.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS bench_targets"))
        connection.execute(text(_TARGETS), {"starts": period.starts_at, "ends": period.ends_at})
        connection.execute(text("CREATE UNIQUE INDEX ON bench_targets (n) INCLUDE (space_id)"))
        found = connection.execute(text("SELECT space_id::text FROM bench_targets"))
        ids = [str(row[0]) for row in found]
    bench.dispose()
    return ids


def _imported(meters: Path, *, now: datetime) -> int:
    """Import New York's meters as one host's; return how many spaces are still to be made: none."""
    began = time.perf_counter()
    with meters.open("rb") as file, transaction() as session:
        host = register(
            session,
            email="meters@bench.example",
            name="City meters",
            password=secrets.token_urlsafe(),
            now=now,
        )
        report = import_spaces(
            session,
            file=file,
            host_id=host.id,
            defaults=Defaults(rate=Rate(450, None, "USD"), capacity=1),
            now=now,
        )
    seconds = time.perf_counter() - began
    serving.say(f"Imported New York's meters, {report.created:,} spaces, in {seconds:.1f} s")
    return 0


@contextmanager
def pointed_at(database_url: str) -> Generator[None]:
    """Let this process work on a database."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = database_url
    get_settings.cache_clear()
    close()
    try:
        yield
    finally:
        close()
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before
        get_settings.cache_clear()
