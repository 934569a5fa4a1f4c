"""Databases for the tests: real PostgreSQL, made from the migrations, thrown away afterwards.

The server is the one of `PARKPLACE_TEST_DATABASE_URL`, whose user must be allowed to create
databases, or a private cluster of this checkout that stays up between runs. A template is migrated
once for each state of the migrations; every other database is a copy of it, which takes 0.1 s.
"""

import hashlib
import os
import re
import sys
import uuid
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import platformdirs
import psutil
import psycopg2
from alembic import command
from alembic.config import Config
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from parkplace.core import db
from parkplace.core.settings import get_settings
from parkplace.launcher.postgres import ensure_cluster

ROOT = Path(__file__).parents[1]


def data_dir() -> Path:
    """Return where this checkout's tests keep their cluster."""
    if (chosen := os.environ.get("PARKPLACE_TEST_DATA_DIR")) is not None:
        return Path(chosen)
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return Path(platformdirs.user_cache_dir("parkplace")) / f"tests-{checkout}"


def server_url() -> str:
    """Return the URL of a database on the server where the tests may make their own."""
    if (given := os.environ.get("PARKPLACE_TEST_DATABASE_URL")) is not None:
        return given
    return ensure_cluster(data_dir(), say=_say, durable=False).url()


@contextmanager
def fresh_database(server: str) -> Generator[str]:
    """Give the URL of a new, empty, migrated database that is dropped when the block ends.

    Connections to it that are still open then are cut.
    """
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with closing(_connect(server)) as connection:
        template = _template(server, connection)
        _run(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield _sibling(server, name)
    finally:
        with closing(_connect(server)) as connection:
            _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def pointed_at(url: str) -> Generator[None]:
    """Make this process, and the programs it starts, use a database."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = url
    _forget()
    try:
        yield
    finally:
        db.close()
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before
        _forget()


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    command.upgrade(config, "head")


def drop_leftovers(server: str) -> None:
    """Drop the databases of test runs that were killed."""
    with closing(_connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
        for (name,) in cursor.fetchall():
            owner = re.match(r"test_(\d+)_", name)
            if owner and not psutil.pid_exists(int(owner[1])):
                _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _template(server: str, connection: Connection) -> str:
    """Return the name of the template for the migrations as they are, made first when missing."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "alembic").rglob("*.py")):
        digest.update(file.read_bytes())
    name = f"parkplace_template_{digest.hexdigest()[:12]}"
    with connection.cursor() as cursor:
        # Two runs may start at once; the second finds what the first has made.
        cursor.execute("SELECT pg_advisory_lock(7275)")
        try:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'parkplace\\_temp%'")
            present = {row[0] for row in cursor.fetchall()}
            if name not in present:
                for old in present:
                    _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", old)
                unfinished = f"{name}_new"
                _run(connection, "CREATE DATABASE {}", unfinished)
                migrate(_sibling(server, unfinished))
                _run(connection, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(7275)")
    return name


def _forget() -> None:
    get_settings.cache_clear()
    db.engine.cache_clear()


def _connect(url: str) -> Connection:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection


def _run(connection: Connection, statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _sibling(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    # `make test` does this first, so that what takes minutes on a bare machine is seen.
    server_url()
