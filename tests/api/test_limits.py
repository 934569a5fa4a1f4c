"""Every answer says how its caller stands, and who asks too much is told when to come back."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.core import limits
from parkplace.core.limits import Policy
from tests import factories as make
from tests.api.conftest import As, program
from tests.redis_server import Choose

WRONG = {"email": "nobody@example.com", "password": "wrong"}
NEAR = {"lat": 40.729, "lng": -73.9888}
FEW = Policy("api-few", 3, 60)

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def client(counted: str) -> TestClient:
    """A program on a network of its own, whose requests are counted here or in Redis."""
    assert counted
    return program()


def standing(client: TestClient, method: str, path: str, **given: object) -> tuple[int, ...]:
    """The status, and what the three fields say."""
    answer = client.request(method, path, **given)  # pyright: ignore[reportArgumentType]
    said = [int(answer.headers[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")]
    return answer.status_code, *said


def test_a_search_says_what_is_left(client: TestClient) -> None:
    first = standing(client, "GET", "/api/v1/places", params={"q": "40.7, -73.9"})
    assert first[:3] == (200, limits.API.amount, limits.API.amount - 1)
    assert 0 < first[3] <= limits.API.seconds
    second = standing(client, "GET", "/api/v1/spaces", params={"lat": "x"})
    assert second[:3] == (422, limits.API.amount, limits.API.amount - 2)


def test_of_several_limits_the_nearest_is_told(client: TestClient) -> None:
    most = limits.SIGN_IN_PAIR.amount
    for left in reversed(range(most)):
        status, limit, remaining, reset = standing(client, "POST", "/api/v1/auth/login", json=WRONG)
        assert (status, limit, remaining) == (403, most, left)
        assert 0 < reset <= limits.SIGN_IN_PAIR.seconds
    answer = client.post("/api/v1/auth/login", json=WRONG)
    assert (answer.status_code, answer.headers["ratelimit-remaining"]) == (429, "0")
    assert answer.headers["retry-after"] == answer.headers["ratelimit-reset"]


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("auth/register", limits.REGISTER),
        ("quotes", limits.QUOTE),
        ("bookings", limits.BOOK),
        ("reports", limits.REPORT),
    ],
)
def test_every_limited_route_says_it(client: TestClient, path: str, policy: Policy) -> None:
    given = {
        "auth/register": {"email": "a@example.com", "name": "A", "password": "short"},
        "quotes": {"space_id": "0" * 32},
        "bookings": {"space_id": "0" * 32},
        "reports": {"plate": "", "kind": "other", "description": "It is in the way."},
    }[path]
    status, limit, remaining, _ = standing(client, "POST", f"/api/v1/{path}", json=given)
    assert status in {404, 422}
    assert limit == min(policy.amount, limits.API.amount)
    assert remaining < limit


class TestAll:
    """What any program may ask in a minute."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "API", FEW)

    def test_who_asks_too_much_is_refused(self, client: TestClient) -> None:
        for _ in range(FEW.amount):
            assert client.get("/api/v1/auth/me").status_code == 401
        answer = client.get("/api/v1/auth/me")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
        assert answer.headers["content-type"] == "application/problem+json"
        assert 0 < int(answer.headers["retry-after"]) <= FEW.seconds
        assert answer.headers["ratelimit-remaining"] == "0"

    def test_others_are_not(self, client: TestClient) -> None:
        for _ in range(FEW.amount + 1):
            client.get("/api/v1/auth/me")
        assert program().get("/api/v1/auth/me").status_code == 401

    def test_an_account_is_counted_alone_and_everywhere(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        dana, sam = as_(make.dana(session)), as_(make.sam(session))
        for _ in range(FEW.amount):
            assert client.get("/api/v1/auth/me", headers=dana).status_code == 200
        assert client.get("/api/v1/auth/me", headers=sam).status_code == 200
        assert program().get("/api/v1/auth/me", headers=dana).status_code == 429

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Basic"])
    def test_a_made_up_token_is_nobody_new(self, client: TestClient, scheme: str) -> None:
        answers = [
            client.get("/api/v1/auth/me", headers={"Authorization": f"{scheme} eyJ.{number}.x"})
            for number in range(FEW.amount + 1)
        ]
        assert answers[-1].status_code == 429

    @pytest.mark.parametrize("path", ["/healthz", "/api/docs", "/api/openapi.json"])
    def test_what_is_not_the_api_is_not_counted(self, client: TestClient, path: str) -> None:
        answers = [client.get(path) for _ in range(FEW.amount + 1)]
        assert answers[-1].status_code == 200
        assert "ratelimit-limit" not in answers[-1].headers

    def test_stripe_is_not_counted(self, client: TestClient) -> None:
        answers = [client.post("/api/v1/webhooks/stripe") for _ in range(FEW.amount + 1)]
        assert answers[-1].status_code == 400


def test_without_limits_nothing_is_said(choose: Choose) -> None:
    choose(PARKPLACE_RATE_LIMITS="off")
    answer = program().get("/api/v1/auth/me")
    assert "ratelimit-limit" not in answer.headers
