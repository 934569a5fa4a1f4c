"""What the documentation shows is run, against a real server."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from parkplace.api.edge import UPLOAD_MOST
from parkplace.core.db import notify, transaction
from parkplace.core.ids import new_id
from tests import databases
from tests.api.serving import ROOT, served
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox

DOCS = (ROOT / "docs" / "api.md").read_text()
# curl's own part in the examples, for machines that have none.
STAND_IN = Path(__file__).parent / "curl.py"


@pytest.fixture(scope="module")
def server(database_server: str, stripe_sandbox: RunningSandbox) -> Generator[str]:
    with (
        databases.fresh_database(database_server) as url,
        databases.pointed_at(url),
        paid_through(stripe_sandbox, now=None),
        served() as address,
    ):
        yield address


def blocks(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    return "\n".join(found)


def run(command: list[str], text: str, server: str, **environment: str) -> str:
    known = os.environ | {"PARKPLACE": server, "NO_PROXY": "127.0.0.1"} | environment
    ran = subprocess.run(
        command, input=text, capture_output=True, text=True, env=known, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_python_examples_run(server: str) -> None:
    said = run([sys.executable, "-"], blocks("python"), server)
    assert "Dana" in said
    assert "Save a card at http" in said
    assert "booking_moved" in said


@pytest.mark.parametrize("real", [True, False])
def test_the_curl_examples_run(server: str, tmp_path: Path, *, real: bool) -> None:
    tools = Path(sys.executable).parent
    if not real or shutil.which("curl") is None:
        stand_in = tmp_path / "curl"
        stand_in.write_text(f"#!{sys.executable}\n{STAND_IN.read_text()}")
        stand_in.chmod(0o700)
    path = f"{tmp_path}:{tools}:{os.environ['PATH']}"
    said = run(["bash", "-euo", "pipefail"], blocks("bash"), server, PATH=path)
    assert '"distance_m"' in said
    assert '"clusters"' in said
    assert '"status":"cancelled"' in said
    assert '"status_url"' in said


def test_every_code_of_the_table_is_one_there_is() -> None:
    source = "".join(path.read_text() for path in (ROOT / "parkplace").rglob("*.py"))
    table = DOCS.partition("| status | kind |")[2].partition("\n\n")[0]
    for code in re.findall(r"`([a-z_]+)`", table):
        assert f'"{code}"' in source, code


class TestServer:
    """What only a real connection shows."""

    def test_fifty_megabytes_are_answered_not_cut_off(self, server: str) -> None:
        answer = httpx.post(
            f"{server}/api/v1/reports", files={"photo": bytes(50_000_000)}, trust_env=False
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_neither_is_a_body_without_a_length(self, server: str) -> None:
        def pieces() -> Generator[bytes]:
            for _ in range(40):
                yield bytes(UPLOAD_MOST // 10)

        answer = httpx.post(
            f"{server}/api/v1/quotes",
            content=pieces(),
            headers={"Content-Type": "application/json"},
            trust_env=False,
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_signals_cross_the_network(self, server: str) -> None:
        topic = f"space:{new_id()}"
        with httpx.stream(
            "GET", f"{server}/live", params={"topic": topic}, timeout=10, trust_env=False
        ) as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": listening"
            threading.Thread(target=signal, args=(topic,)).start()
            assert next(line for line in lines if line.startswith("data")) == f"data: {topic}"


def signal(topic: str) -> None:
    with transaction() as session:
        notify(session, topic=topic)
