"""Is it alive, is it ready, and is there nothing else."""

from collections.abc import Generator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.api.app import make_api
from parkplace.core import db, heartbeats
from parkplace.core.db import sql
from tests import factories as make
from tests.api.conftest import at, forget_settings
from tests.factories import NOW, period


def ready(client: TestClient) -> tuple[int, list[str]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["reasons"]


def test_alive(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_while_the_jobs_run(client: TestClient, session: Session) -> None:
    heartbeats.beat(session, name=heartbeats.JOBS, now=NOW)
    session.commit()
    assert ready(client) == (200, [])
    at(NOW + timedelta(minutes=2))
    status, reasons = ready(client)
    assert status == 503
    assert "jobs" in reasons[0]


def test_not_ready_before_the_migrations(client: TestClient, session: Session) -> None:
    sql(session, "UPDATE alembic_version SET version_num = '0000'")
    session.commit()
    status, reasons = ready(client)
    assert status == 503
    assert "alembic upgrade head" in reasons[0]


class TestWithoutDatabase:
    @pytest.fixture
    def client(self, monkeypatch: pytest.MonkeyPatch) -> Generator[TestClient]:
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
        forget_settings()
        db.engine.cache_clear()
        yield TestClient(make_api())
        db.engine.cache_clear()

    def test_it_is_alive_and_not_ready(self, client: TestClient) -> None:
        assert client.get("/healthz").status_code == 200
        assert ready(client) == (503, ["The database does not answer."])

    def test_what_needs_it_names_an_incident(self, client: TestClient) -> None:
        answer = client.get(f"/api/v1/spaces/{'0' * 32}")
        assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
        assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/nothing", 404),
        ("GET", "/api/v1/quotes", 405),
        ("DELETE", "/api/v1/spaces", 405),
        ("PUT", "/api/v1/bookings/1", 405),
        ("GET", "/api/docs/evil.js", 404),
        ("GET", "/api/docs/..%2f..%2fmain.py", 404),
    ],
)
def test_what_is_not_there_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert answer.json()["code"] == "method_not_allowed"
        assert answer.headers["allow"]


def test_what_a_path_takes_is_said(client: TestClient) -> None:
    assert client.put("/api/v1/spaces").headers["allow"] == "GET, POST"


class TestDocs:
    @pytest.mark.parametrize(
        ("path", "names"),
        [
            ("/api/docs", ("swagger-ui-bundle.js", "swagger-ui.css")),
            ("/api/redoc", ("redoc.standalone.js",)),
        ],
    )
    def test_they_fetch_nothing_from_elsewhere(
        self, client: TestClient, path: str, names: tuple[str, ...]
    ) -> None:
        answer = client.get(path)
        assert "https://" not in answer.text
        assert "http://" not in answer.text
        for name in names:
            assert f"/api/docs/{name}" in answer.text
            file = client.get(f"/api/docs/{name}")
            assert file.status_code == 200
            assert "cdn.redoc" not in file.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "script-src 'self' 'unsafe" not in policy

    def test_nothing_is_sent_to_a_validator(self, client: TestClient) -> None:
        assert '"validatorUrl": null' in client.get("/api/docs").text


class TestMailbox:
    def test_letters_are_read_where_no_mail_leaves(self, client: TestClient) -> None:
        client.post(
            "/api/v1/auth/register",
            json={
                "email": "dana@example.com",
                "name": "Dana",
                "password": "plum harbour trellis nine",
            },
        )
        page = client.get("/dev/mailbox")
        assert "dana@example.com" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        link = page.text.partition('href="/dev/mailbox/')[2].partition('"')[0]
        letter = client.get(f"/dev/mailbox/{link}")
        assert letter.status_code == 200
        assert 'sandbox="allow-popups"' in letter.text

    def test_what_is_attached_is_downloaded(self, client: TestClient, session: Session) -> None:
        garage = make.space(session, make.owen(session), title="<b>Garage</b>")
        make.confirmed(session, garage, make.dana(session), period(1, 3))
        session.commit()
        page = client.get("/dev/mailbox").text
        assert "<b>" not in page
        link = page.partition('href="/dev/mailbox/')[2].partition('"')[0]
        letter = client.get(f"/dev/mailbox/{link}")
        assert "<b>" not in letter.text
        file = client.get(f"/dev/mailbox/{link}/attachments/0")
        assert file.headers["content-type"].startswith("text/calendar")
        assert file.text.startswith("BEGIN:VCALENDAR")
        assert client.get(f"/dev/mailbox/{link}/attachments/1").status_code == 404

    def test_an_empty_one_says_what_to_do(self, client: TestClient) -> None:
        assert "Nothing has been written yet" in client.get("/dev/mailbox").text

    def test_a_letter_that_is_not_there(self, client: TestClient) -> None:
        assert client.get(f"/dev/mailbox/{'0' * 32}").status_code == 404
        assert client.get(f"/dev/mailbox/{'0' * 32}/attachments/0").status_code == 404


class TestProduction:
    @pytest.fixture
    def client(self, monkeypatch: pytest.MonkeyPatch) -> TestClient:
        for name, value in {
            "PARKPLACE_ENV": "production",
            "PARKPLACE_SECRET_KEY": "x" * 32,
            "PARKPLACE_PUBLIC_URL": "https://park.example",
            "DATABASE_URL": "postgresql://127.0.0.1:1/x",
            "STRIPE_API_KEY": "sk_live_x",
            "STRIPE_WEBHOOK_SECRET": "whsec_x",
            "SMTP_URL": "smtp://127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("STRIPE_BASE_URL")
        forget_settings()
        return TestClient(make_api())

    def test_there_is_no_door_for_developers(self, client: TestClient) -> None:
        assert client.get("/dev/mailbox").status_code == 404
        assert client.get(f"/dev/mailbox/{'0' * 32}").status_code == 404
        assert client.post("/dev/clock", json={"offset_seconds": 60}).status_code == 404


class TestClock:
    def test_tests_set_the_clock(self, client: TestClient) -> None:
        answer = client.post("/dev/clock", json={"offset_seconds": 60})
        assert answer.status_code == 200
        assert answer.json()["now"].endswith("Z")

    @pytest.mark.parametrize("offset", [10**30, "x", None, 1.5])
    def test_not_to_nonsense(self, client: TestClient, offset: object) -> None:
        assert client.post("/dev/clock", json={"offset_seconds": offset}).status_code == 422

    def test_nobody_else_does(self, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        assert client
        monkeypatch.setenv("PARKPLACE_ENV", "development")
        forget_settings()
        developer = TestClient(make_api())
        assert developer.post("/dev/clock", json={"offset_seconds": 60}).status_code == 404
