"""What the documentation shows is run, against a real server."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import httpx
import pytest

from parkplace.api.described import known_codes
from parkplace.api.edge import UPLOAD_MOST
from parkplace.api.errors import status_of
from parkplace.core.db import notify, transaction
from parkplace.core.errors import DomainError
from parkplace.core.ids import new_id
from tests import databases
from tests.api.conftest import the_api
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
    assert "412 changed_meanwhile" in said
    assert "booking_moved" in said
    assert re.search(r"^current \['confirmed'\]$", said, re.MULTILINE)
    assert re.search(r"^expired \['completed'\]$", said, re.MULTILINE)
    assert "'vehicles'" in said


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
    assert '"booking_status":"active"' in said
    assert '"plate":"KLM4822"' in said
    assert '"status":"completed"' in said
    assert '"status":"cancelled"' in said
    assert '"status_url"' in said


class TestErrors:
    """The table of codes says all, and nothing else."""

    def test_every_code_that_a_route_may_give_is_there_with_its_status(self) -> None:
        listed = codes()
        for code, known in known_codes()["codes"].items():
            assert listed.get(code) == known["status"], code

    def test_every_code_that_is_there_is_one_there_is(self) -> None:
        the_api()  # every module with an error in it is loaded
        raised = {(error.code, status_of(error)) for error in kinds(DomainError)}
        announced = {(code, known["status"]) for code, known in known_codes()["codes"].items()}
        assert set(codes().items()) <= raised | announced

    def test_each_is_named_once(self) -> None:
        rows = table("| status | kind | codes |")
        named = [code for _, _, said in rows for code in re.findall(r"`([a-z_]+)`", said)]
        assert len(named) == len(set(named)) > 100


class TestRoutes:
    """The page names every route, and none that is not there."""

    def test_the_new_call_of_every_old_route_is_there(self) -> None:
        rows = table("| you used | now call |")
        assert len(rows) > 50
        for old, new in rows:
            if not old.startswith("**"):
                assert list(calls(new)), old
                assert all(is_there(*call) for call in calls(new)), new

    def test_what_clients_of_the_street_system_need_is_led_somewhere(self) -> None:
        new = " ".join(new for _, new in table("| you used | now call |"))
        for needed in ("`POST bookings` with `email`", "unit", "`when=current`", "`when=expired`"):
            assert needed in new
        for step in ("PATCH bookings/{booking_id}` with `ends_at`", "{booking_id}/checkout`"):
            assert "the manage token as Bearer is enough" in new.partition(step)[2][:80]

    def test_every_route_that_is_named_is_there(self) -> None:
        for call in calls(without_the_old_ones()):
            assert is_there(*call), call

    def test_every_route_there_is_is_named(self) -> None:
        named = {(method, path) for method, path, _ in calls(without_the_old_ones())}
        assert {(method, path) for method, path in operations()} - named == set()


def codes() -> dict[str, int]:
    """The status of each code in the table of errors."""
    rows = table("| status | kind | codes |")
    return {
        code: int(status) for status, _, said in rows for code in re.findall(r"`([a-z_]+)`", said)
    }


def kinds(error: type[DomainError]) -> Iterator[type[DomainError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds(kind)


def table(heading: str) -> list[list[str]]:
    """The rows below a heading, as the texts of their cells."""
    found = DOCS.partition(f"{heading}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found]


def without_the_old_ones() -> str:
    """The page, of the table of old routes only what replaces them."""
    page = DOCS
    for old, _ in table("| you used | now call |"):
        page = page.replace(f"| {old} |", "|", 1)
    return page


def calls(text: str) -> Iterator[tuple[str, str, set[str]]]:
    """Each `METHOD path?names` of a text: method, full path, names of parameters."""
    for method, said in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) ([^`\s]+)`", text):
        path, _, query = said.partition("?")
        names = {part.partition("=")[0] for part in query.split("&") if part}
        yield method, path if path.startswith("/") else f"/api/v1/{path}", names


def operations() -> dict[tuple[str, str], set[str]]:
    """The names of the parameters of each route."""
    return {
        (method.upper(), path): {one["name"] for one in operation.get("parameters", ())}
        for path, methods in the_api().openapi()["paths"].items()
        for method, operation in methods.items()
    }


def is_there(method: str, path: str, names: set[str]) -> bool:
    return (method, path) in operations() and names <= operations()[method, path]


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
