import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from parkplace.core.settings import DEMO_PASSWORD
from parkplace.launcher.ports import is_free, remembered_port
from parkplace.web import build
from tests import databases

ROOT = Path(__file__).parents[1]


@dataclass
class Running:
    """A Park Place of its own."""

    process: subprocess.Popen[str]
    port: int

    def until_open(self) -> str:
        """Wait until it says that it is open, and return everything it has said."""
        said = ""
        for line in self.process.stdout or ():
            said += line
            if "is open at" in line:
                return said
        raise AssertionError(f"it ended before it was open:\n{said}")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=30)

    def signs_in(self, email: str, password: str) -> bool:
        answer = httpx.post(
            f"http://127.0.0.1:{self.port}/api/v1/auth/login",
            json={"email": email, "password": password},
            timeout=30,
        )
        return answer.is_success

    def ends_with_everything_on(self, number: signal.Signals) -> None:
        family = psutil.Process(self.process.pid).children(recursive=True)
        assert len(family) >= 3  # the sandbox, the server and its worker
        self.process.send_signal(number)
        assert self.process.wait(30) == 0
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
        assert is_free(self.port)


@contextmanager
def starting(folder: Path, **environment: str) -> Generator[Running]:
    """Serve from a data folder on a free port until the block ends."""
    folder.mkdir(exist_ok=True)
    port = remembered_port(folder / "a_port")
    with subprocess.Popen(
        [sys.executable, "-m", "parkplace", "serve"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={
            **os.environ,
            "PARKPLACE_DATA_DIR": str(folder),
            "PORT": str(port),
            **environment,
        },
    ) as process:
        try:
            yield Running(process, port)
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module", autouse=True)
def _built_pages() -> None:
    """The pages are built if they are not up to date; the first time npm brings its packages."""
    build.ensure()


@pytest.mark.timeout(600)
def test_two_run_side_by_side_and_a_signal_stops_all_of_one(
    committed_database: str, database_server: str, tmp_path: Path
) -> None:
    with (
        databases.fresh_database(database_server) as other,
        starting(tmp_path / "one", DATABASE_URL=committed_database) as one,
        starting(tmp_path / "two", DATABASE_URL=other, PARKPLACE_DEMO="0") as two,
    ):
        said = one.until_open()
        assert "Added demo spaces and accounts" in said
        assert f"http://localhost:{one.port}" in said
        assert "driver@, host@ or admin@parkplace.example" in said
        assert "parkplace.example" not in two.until_open()
        assert "<main" in one.get("/").raise_for_status().text
        assert one.signs_in("admin@parkplace.example", DEMO_PASSWORD)
        assert not two.signs_in("admin@parkplace.example", DEMO_PASSWORD)
        one.ends_with_everything_on(signal.SIGINT)
        assert two.get("/healthz").json() == {"status": "ok"}
        two.ends_with_everything_on(signal.SIGTERM)
    with starting(tmp_path / "one", DATABASE_URL=committed_database) as again:
        said = again.until_open()
        assert [line for line in said.splitlines() if line and "is open at" not in line] == []
        again.ends_with_everything_on(signal.SIGHUP)
