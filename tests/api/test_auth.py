"""Signing up, in and out, as programs and browsers do it."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from parkplace.accounts import sessions
from parkplace.accounts.audit import Action
from parkplace.accounts.models import AuditEntry, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.service import register
from parkplace.accounts.tokens import ACCESS_LASTS
from parkplace.core.settings import get_settings
from parkplace.notifications.models import Email
from tests import factories as make
from tests.api.conftest import As, at, forget_settings
from tests.factories import NOW

PASSWORD = "plum harbour trellis nine"
DANA = {"email": "dana@example.com", "password": PASSWORD}
HERE = {"Origin": "http://localhost:8000"}
ELSEWHERE = {"Origin": "https://evil.example"}


@pytest.fixture
def dana(session: Session) -> User:
    user = register(session, email="dana@example.com", name="Dana", password=PASSWORD, now=NOW)
    session.commit()
    return user


def signed_in(client: TestClient) -> dict[str, str]:
    return client.post("/api/v1/auth/login", json=DANA, headers=HERE).raise_for_status().json()


def bearer(pair: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access_token']}"}


def test_dana_signs_up_and_is_welcomed(client: TestClient, session: Session) -> None:
    answer = client.post("/api/v1/auth/register", json=DANA | {"name": "Dana"})
    assert answer.status_code == 201
    said = answer.json()
    assert set(said) == {
        *("id", "email", "name", "is_host", "is_admin", "email_verified_at", "created_at"),
        *("two_factor", "has_password", "public_name", "about", "photo_urls"),
        *("locale", "hour_cycle", "distance_unit", "muted_letters"),
    }
    assert (said["two_factor"], said["has_password"]) == (False, True)
    assert (said["email"], said["name"], said["is_admin"]) == ("dana@example.com", "Dana", False)
    assert [mail.kind for mail in session.exec(select(Email))] == ["welcome"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "dana"}, "bad_email"),
        ({"email": "dana@@example.com"}, "bad_email"),
        ({"email": "da\nna@example.com"}, "bad_email"),
        ({"email": ""}, "bad_email"),
        ({"email": "a@b.c\u0000"}, "invalid"),
        ({"password": "password12"}, "weak_password"),
        ({"password": ""}, "weak_password"),
        ({"name": ""}, "bad_name"),
        ({"name": "D" * 81}, "bad_name"),
        ({"is_admin": True}, "invalid"),
        ({"email": 7}, "invalid"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    client: TestClient, session: Session, change: dict[str, object], code: str
) -> None:
    answer = client.post("/api/v1/auth/register", json=DANA | {"name": "Dana"} | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] in change
    assert not session.exec(select(User)).all()


def test_an_address_signs_up_once(client: TestClient, dana: User) -> None:
    again = DANA | {"name": "Sam", "email": "DANA@example.com"}
    answer = client.post("/api/v1/auth/register", json=again)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert dana.name == "Dana"


def test_signing_in_gives_tokens_and_the_cookie(client: TestClient, dana: User) -> None:
    answer = client.post("/api/v1/auth/login", json=DANA, headers=HERE)
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (said["token_type"], said["expires_in"]) == ("bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age="):
        assert flag in cookie
    me = client.get("/api/v1/auth/me")  # by the cookie alone
    assert me.json()["id"] == str(dana.id)
    client.cookies.clear()
    assert client.get("/api/v1/auth/me", headers=bearer(said)).json()["id"] == str(dana.id)


def test_over_https_the_cookie_is_bound_to_the_host(
    client: TestClient, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dana
    monkeypatch.setenv("PARKPLACE_PUBLIC_URL", "https://park.example")
    forget_settings()
    there = {"Origin": "https://park.example"}
    cookie = client.post("/api/v1/auth/login", json=DANA, headers=there).headers["set-cookie"]
    assert cookie.startswith("__Host-parkplace=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_wrong_password_and_an_unknown_address_get_one_answer(
    client: TestClient, dana: User
) -> None:
    assert dana
    wrong = client.post("/api/v1/auth/login", json=DANA | {"password": "wrong"})
    nobody = client.post("/api/v1/auth/login", json=DANA | {"email": "sam@example.com"})
    assert wrong.status_code == nobody.status_code == 403
    assert wrong.json() == nobody.json()
    assert wrong.json()["code"] == "wrong_credentials"
    assert "set-cookie" not in wrong.headers


def test_guessing_is_slowed_down(client: TestClient, dana: User) -> None:
    assert dana
    wrong = DANA | {"password": "wrong"}
    answers = [client.post("/api/v1/auth/login", json=wrong) for _ in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {403}
    last = answers[-1]
    assert (last.status_code, last.json()["code"]) == (429, "too_many_attempts")
    assert int(last.headers["retry-after"]) > 0


def test_nobody_is_nobody(client: TestClient) -> None:
    answer = client.get("/api/v1/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    for token in ("", "a.b.c", "é", "Bearer", "a" * 5000):
        headers = {b"Authorization": f"Bearer {token}".encode()}
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401


def test_an_access_token_lasts_a_quarter_of_an_hour(
    client: TestClient, dana: User, as_: As
) -> None:
    headers = as_(dana)
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 200
    at(NOW + ACCESS_LASTS)
    answer = client.get("/api/v1/auth/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


def test_a_refresh_token_is_good_once_and_its_copy_ends_the_session(
    client: TestClient, dana: User
) -> None:
    assert dana
    first = signed_in(client)
    client.cookies.clear()

    def refresh(pair: dict[str, str]) -> tuple[int, dict[str, str]]:
        body = {"refresh_token": pair["refresh_token"]}
        answer = client.post("/api/v1/auth/token/refresh", json=body)
        return answer.status_code, answer.json()

    status, second = refresh(first)
    assert status == 200
    assert client.get("/api/v1/auth/me", headers=bearer(second)).status_code == 200
    assert refresh(first)[0] == 401
    assert refresh(second)[0] == 401
    assert client.get("/api/v1/auth/me", headers=bearer(second)).status_code == 401


def test_a_stolen_refresh_token_is_logged_and_told_to_its_owner_once(
    client: TestClient, session: Session, dana: User
) -> None:
    body = {"refresh_token": signed_in(client)["refresh_token"]}
    statuses = [client.post("/api/v1/auth/token/refresh", json=body).status_code for _ in range(3)]
    assert statuses == [200, 401, 401]
    [letter] = session.exec(select(Email))
    assert (letter.kind, letter.to_address) == ("safety_notice", dana.email)
    stolen = col(AuditEntry.action) == Action.TOKEN_STOLEN
    assert session.exec(select(AuditEntry.subject_id).where(stolen)).all() == [dana.id]


def test_signing_out_ends_the_session_everywhere_at_once(client: TestClient, dana: User) -> None:
    assert dana
    pair = signed_in(client)
    client.cookies.clear()
    for _ in range(2):
        assert client.post("/api/v1/auth/logout", headers=bearer(pair)).status_code == 204
    assert client.get("/api/v1/auth/me", headers=bearer(pair)).status_code == 401


def test_signing_out_with_the_cookie_needs_our_own_page(client: TestClient, dana: User) -> None:
    assert dana
    signed_in(client)
    for headers in ({}, ELSEWHERE, HERE | {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post("/api/v1/auth/logout", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert client.get("/api/v1/auth/me").status_code == 200
    assert client.post("/api/v1/auth/logout", headers=HERE).status_code == 204
    assert client.get("/api/v1/auth/me").status_code == 401


def test_another_sites_page_gets_no_cookie_for_its_visitor(client: TestClient, dana: User) -> None:
    assert dana
    answer = client.post("/api/v1/auth/login", json=DANA, headers=ELSEWHERE)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        (ELSEWHERE, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8000.evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        (HERE | {"Sec-Fetch-Site": "cross-site"}, 403),
        (HERE, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
def test_the_cookie_changes_things_for_our_own_pages_alone(
    client: TestClient, session: Session, dana: User, headers: dict[str, str], status: int
) -> None:
    dana.email_verified_at = NOW
    session.commit()
    signed_in(client)
    listing = {
        "title": "St Marks Place garage",
        "lat": 40.7290,
        "lng": -73.9888,
        "kind": "garage",
        "rate_card": {"hour_minor": 400, "currency": "USD"},
    }
    answer = client.post("/api/v1/spaces", json=listing, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site"


class TestBrowsers:
    """The pages speak over a websocket; a one-time code brings the cookie."""

    @pytest.fixture
    def code(self, session: Session, dana: User) -> str:
        code = sessions.issue_code(session, user_id=dana.id, now=NOW)
        session.commit()
        return code

    def go(self, client: TestClient, code: str, then: str = "/bookings") -> tuple[int, str]:
        answer = client.get(
            "/auth/session", params={"code": code, "then": then}, follow_redirects=False
        )
        return answer.status_code, answer.headers["location"]

    def test_a_code_opens_a_session_once(self, client: TestClient, code: str) -> None:
        assert self.go(client, code) == (303, "/bookings")
        assert client.get("/api/v1/auth/me").json()["name"] == "Dana"
        client.cookies.clear()
        assert self.go(client, code) == (303, "/sign-in?then=%2Fbookings")
        assert client.get("/api/v1/auth/me").status_code == 401

    def test_a_code_is_good_for_a_minute(self, client: TestClient, code: str) -> None:
        at(NOW + timedelta(seconds=61))
        assert self.go(client, code) == (303, "/sign-in?then=%2Fbookings")
        assert not client.cookies

    @pytest.mark.parametrize(
        "then",
        ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\r\nX: y", ""],
    )
    def test_it_goes_on_to_our_own_pages_only(
        self, client: TestClient, code: str, then: str
    ) -> None:
        assert self.go(client, code, then) == (303, "/")

    def test_a_link_on_another_site_signs_nobody_in(self, client: TestClient, code: str) -> None:
        answer = client.get(
            "/auth/session",
            params={"code": code},
            headers={"Sec-Fetch-Site": "cross-site"},
            follow_redirects=False,
        )
        assert answer.headers["location"].startswith("/sign-in")
        assert not client.cookies
        assert self.go(client, code) == (303, "/bookings")

    def test_a_planted_session_is_not_adopted(self, client: TestClient, code: str) -> None:
        planted = {"Cookie": f"{get_settings().session_cookie}=planted"}
        answer = client.get(
            "/auth/session", params={"code": code}, headers=planted, follow_redirects=False
        )
        assert "planted" not in answer.headers["set-cookie"]
        client.cookies.clear()
        assert client.get("/api/v1/auth/me", headers=planted).status_code == 401

    def test_a_session_of_somebody_else_that_was_planted_does_not_become_danas(
        self, client: TestClient, session: Session, code: str
    ) -> None:
        sam = make.sam(session)
        _, planted = sessions.open_session(session, user=sam, origin=Origin(), now=NOW)
        session.commit()
        client.cookies.set(get_settings().session_cookie, planted)
        self.go(client, code)
        client.cookies.clear()
        client.cookies.set(get_settings().session_cookie, planted)
        assert client.get("/api/v1/auth/me").json()["name"] == "Sam"

    def test_signing_out_goes_to_the_map(self, client: TestClient, code: str) -> None:
        self.go(client, code)
        refused = client.post("/auth/sign-out", headers=ELSEWHERE)
        assert refused.status_code == 403
        answer = client.post("/auth/sign-out", headers=HERE, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/api/v1/auth/me").status_code == 401
        assert client.post("/auth/sign-out", follow_redirects=False).status_code == 303


def test_no_password_and_no_token_is_logged(
    client: TestClient, dana: User, caplog: pytest.LogCaptureFixture
) -> None:
    assert dana
    caplog.set_level("DEBUG")
    pair = signed_in(client)
    client.get("/api/v1/auth/me", headers=bearer(pair))
    client.post("/api/v1/auth/register", json=DANA | {"name": "Dana"})
    logged = caplog.text
    assert PASSWORD not in logged
    assert not re.search(pair["access_token"] + "|" + re.escape(pair["refresh_token"]), logged)


def test_sam_is_not_dana(client: TestClient, session: Session, dana: User, as_: As) -> None:
    sam = make.sam(session)
    assert client.get("/api/v1/auth/me", headers=as_(sam)).json()["name"] == "Sam"
    assert client.get("/api/v1/auth/me", headers=as_(dana)).json()["name"] == "Dana"
