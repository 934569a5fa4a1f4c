"""What every test may ask for: a database, a session in it, a browser."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Connection
from sqlmodel import Session

from parkplace.core import db
from parkplace.core.settings import Settings, get_settings
from parkplace.launcher import chromium
from tests import databases

# The fixtures `stripe_sandbox`, `redis_url`, `counted` and `choose`.
pytest_plugins = ["tests.stripe_sandbox.running", "tests.redis_server"]

_LEFT_OUT = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "TILE_URL", "SENTRY_DSN", "S3_URL")
_KEPT = {
    "PARKPLACE_CHROMIUM",
    "PARKPLACE_TEST_DATABASE_URL",
    "PARKPLACE_TEST_DATA_DIR",
    "STRIPE_TEST_KEY",
}

# What takes longest begins first, so that no core waits for another at the end.
_LONG = ("tests/crash", "tests/journeys", "tests/races", "tests/test_", "tests/web/test_")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests: random as they are, but the long ones first."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


def pytest_configure(config: pytest.Config) -> None:
    """Keep what the developer's shell and `.env` say about their Park Place out of the tests."""
    for name in set(os.environ) - _KEPT:
        if name in _LEFT_OUT or name.startswith(("STRIPE_", "PARKPLACE_")):
            del os.environ[name]
    Settings.model_config["env_file"] = None
    folder = tempfile.TemporaryDirectory(prefix="parkplace-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ["PARKPLACE_ENV"] = "test"
    os.environ["PARKPLACE_DATA_DIR"] = folder.name
    get_settings.cache_clear()
    # How long one example takes says more about the machine than about the code.
    hypothesis.settings.register_profile("parkplace", deadline=None)
    hypothesis.settings.load_profile("parkplace")


@pytest.fixture(autouse=True)
def _settings_of_nobody_else() -> Generator[None]:
    """What a test decided through the environment ends with it, in whatever order they come."""
    yield
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def database_server() -> str:
    """The URL of a database on the server where the tests make theirs."""
    server = databases.server_url()
    databases.drop_leftovers(server)
    return server


@pytest.fixture(scope="session")
def database_url(database_server: str) -> Generator[str]:
    """The URL of the database that this run's tests share; each leaves it as it was."""
    with databases.fresh_database(database_server) as url, databases.pointed_at(url):
        yield url


@pytest.fixture
def connection(database_url: str) -> Generator[Connection]:
    """A connection whose transaction is rolled back; `core.db.transaction()` goes through it too.

    Whatever is committed while the test runs ends in a savepoint of that transaction.
    """
    assert database_url
    with db.engine().connect() as opened, opened.begin() as whole, db.pinned(opened):
        yield opened
        whole.rollback()


@pytest.fixture
def session(connection: Connection) -> Generator[Session]:
    """A session in that connection, to give to services; it may commit as it likes."""
    with Session(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as opened:
        yield opened


@pytest.fixture
def committed_database(database_server: str) -> Generator[str]:
    """The URL of a database of the test's own, in which commits are real; this process uses it.

    For races, and for programs of our own that the test starts.
    """
    with databases.fresh_database(database_server) as url, databases.pointed_at(url):
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """A Chromium that runs; launch it with `launcher.chromium.ARGUMENTS`."""
    found = chromium.find()
    assert found is not None, "no Chromium here: `make test` installs one"
    return found
