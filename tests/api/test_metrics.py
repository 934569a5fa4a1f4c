"""Figures for those who run it, and for nobody else."""

import re
from collections.abc import Generator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.api import metrics
from parkplace.api.app import make_api, templates
from parkplace.core import db, heartbeats
from parkplace.front.front import Front
from tests import factories as make
from tests.api.conftest import As, forget_settings, the_api
from tests.factories import NOW, period
from tests.redis_server import Choose


def at_home(address: str = "127.0.0.1") -> TestClient:
    front = Front(the_api(), routes=templates(the_api()))
    return TestClient(front, client=(address, 50000))


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    assert session
    monkeypatch.setattr(metrics, "_figures", metrics.Figures())


def figures() -> dict[str, float]:
    """What `/metrics` says, each figure under its name with its labels."""
    answer = at_home().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_requests_are_counted_by_their_route(client: TestClient) -> None:
    space = '{method="GET",route="/api/v1/spaces/{space_id}",status="404"}'
    before = figures().get(f"parkplace_requests_total{space}", 0)
    for number in range(3):
        client.get(f"/api/v1/spaces/01a1fe8e-7009-738c-a9ec-c55e2586e2f{number}")
    said = figures()
    assert said[f"parkplace_requests_total{space}"] == before + 3
    assert said['parkplace_request_seconds_count{route="/api/v1/spaces/{space_id}"}'] >= 3
    assert not [name for name in said if "01a1fe8e" in name]


def test_what_strangers_make_up_makes_no_figures_of_its_own(client: TestClient) -> None:
    for name in ("a", "b", "c"):
        client.request(name * 5, f"/{name}")
        client.get(f"/api/{name}")
    made_up = re.compile(r"(?i)aaaaa|route=\"(/api)?/a\"")
    assert [name for name in figures() if made_up.search(name)] == []
    assert figures()['parkplace_requests_total{method="other",route="other",status="404"}'] >= 3


def test_the_state_of_the_place_is_told(client: TestClient, session: Session) -> None:
    client.get("/readyz")  # in a transaction
    garage = make.space(session, make.owen(session), capacity=5)
    dana = make.dana(session)
    for _ in range(2):
        make.held(session, garage, dana, period(1, 1))
    make.confirmed(session, garage, dana, period(3, 1))
    heartbeats.note(session, last={"job:stays": NOW - timedelta(seconds=90)})
    session.commit()
    said = figures()
    assert said['parkplace_bookings{status="held"}'] == 2
    assert said['parkplace_bookings{status="confirmed"}'] == 1
    assert said['parkplace_bookings{status="active"}'] == 0
    assert said["parkplace_outbox_letters"] >= 1
    assert 90 <= said['parkplace_job_seconds_since_success{job="stays"}'] < 150
    assert said["parkplace_live_streams"] == 0
    assert said["parkplace_database_up"] == 1
    assert said['parkplace_connections{pool="transactions"}'] >= 0
    assert said['parkplace_transactions_total{outcome="committed"}'] > 0


def test_the_database_is_asked_now_and_then_only(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    assert figures()['parkplace_bookings{status="held"}'] == 0
    make.held(session, garage, make.dana(session), period(1, 1))
    session.commit()
    assert figures()['parkplace_bookings{status="held"}'] == 0


class TestWho:
    @pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8"])
    def test_this_machine_reads_it(self, address: str) -> None:
        assert at_home(address).get("/metrics").status_code == 200

    @pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9", "x"])
    def test_strangers_do_not(self, address: str) -> None:
        answer = at_home(address).get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (403, "metrics_closed")
        assert "parkplace_" not in answer.text

    @pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
    def test_a_proxy_on_this_machine_lets_nobody_in(self, name: str) -> None:
        answer = at_home().get("/metrics", headers={name: "127.0.0.1"})
        assert answer.status_code == 403

    def test_a_trusted_network_does(self, choose: Choose) -> None:
        choose(PARKPLACE_TRUSTED_PROXIES="10.0.0.0/8")
        assert at_home("10.1.2.3").get("/metrics").status_code == 200
        through = {"X-Forwarded-For": "203.0.113.9"}
        assert at_home("10.1.2.3").get("/metrics", headers=through).status_code == 403

    def test_with_a_token_only_who_sends_it(self, choose: Choose) -> None:
        choose(PARKPLACE_METRICS_TOKEN="a-token-of-the-operator")
        for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer é"}):
            sent = {name.encode(): value.encode() for name, value in wrong.items()}
            assert at_home().get("/metrics", headers=sent).status_code == 401
        right = {"Authorization": "Bearer a-token-of-the-operator"}
        assert at_home("203.0.113.9").get("/metrics", headers=right).status_code == 200

    def test_an_admin_is_no_operator(self, client: TestClient, session: Session, as_: As) -> None:
        assert client.get("/metrics", headers=as_(make.ada(session))).status_code == 403


class TestWithoutDatabase:
    @pytest.fixture(autouse=True)
    def _gone(self, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
        # Undone before the session ends, or its connection would be pinned for ever.
        with monkeypatch.context() as patch:
            patch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
            patch.setattr(db, "_pinned", None)
            forget_settings()
            db.engine.cache_clear()
            yield
        db.engine.cache_clear()

    def test_it_says_so_and_the_rest(self) -> None:
        api = make_api()
        answer = TestClient(Front(api), client=("127.0.0.1", 1)).get("/metrics")
        assert answer.status_code == 200
        assert "parkplace_database_up 0.0" in answer.text
        assert "process_cpu_seconds_total" in answer.text
