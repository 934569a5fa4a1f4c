"""Where one is signed in, and ending that."""

import httpx2
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from parkplace.accounts import sessions
from parkplace.accounts.models import AuditEntry, User
from parkplace.core.ids import new_id
from tests import factories as make
from tests.api.conftest import As, program
from tests.api.people import PASSWORD, kinds, signed_up

SESSIONS = "/api/v1/auth/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HERE = {"Origin": "http://localhost:8000"}


def enter(client: TestClient, user: User, device: str, **more: str) -> httpx2.Response:
    """Sign in; with `**HERE` as a page of ours does, which gets the cookie too."""
    body, headers = {"email": user.email, "password": PASSWORD}, {"User-Agent": device, **more}
    return client.post("/api/v1/auth/login", json=body, headers=headers).raise_for_status()


def signed_in(client: TestClient, user: User, device: str = "curl/8.16") -> dict[str, str]:
    """Somebody's tokens, as a program that has no cookies gets them."""
    answer = enter(client, user, device)
    assert not client.cookies
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_sessions_are_told_apart_by_device_and_network(
    client: TestClient, session: Session
) -> None:
    dana = signed_up(session)
    headers = signed_in(client, dana)
    listed = client.get(SESSIONS, headers=headers).json()
    assert listed["next_cursor"] is None
    [mine] = listed["items"]
    assert set(mine) == {
        *("id", "kind", "device", "network", "created_at", "last_used_at", "current")
    }
    assert (mine["kind"], mine["device"], mine["current"]) == ("api", "curl", True)
    assert mine["network"].endswith("::/48")

    enter(client, dana, FIREFOX, **HERE)
    browser = client.get(SESSIONS).json()["items"]
    [current] = [one for one in browser if one["current"]]
    assert (current["kind"], current["device"]) == ("browser", "Firefox on Linux")
    assert [one["kind"] for one in browser] == ["browser", "api", "api"]


def test_the_list_has_pages(client: TestClient, session: Session, as_: As) -> None:
    dana = signed_up(session)
    headers = [as_(dana) for _ in range(5)][-1]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.get(SESSIONS, params=asked, headers=headers).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        as_(dana)  # what comes meanwhile is newer, and moves nothing
    assert len(seen) == len(set(seen)) == 5
    bad = client.get(SESSIONS, params={"cursor": "x"}, headers=headers)
    assert bad.json()["code"] == "bad_cursor"
    assert client.get(SESSIONS, params={"limit": 101}, headers=headers).status_code == 422


def test_a_revoked_session_is_over_at_once(client: TestClient, session: Session) -> None:
    dana = signed_up(session)
    thief, mine = signed_in(client, dana, "sqlmap/1"), signed_in(client, dana)
    [theirs] = [
        one["id"]
        for one in client.get(SESSIONS, headers=mine).json()["items"]
        if (one["device"], one["kind"]) == ("sqlmap", "api")
    ]
    assert client.delete(f"{SESSIONS}/{theirs}", headers=mine).status_code == 204
    answer = client.get("/api/v1/auth/me", headers=thief)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")
    assert client.get("/api/v1/auth/me", headers=mine).status_code == 200
    again = client.delete(f"{SESSIONS}/{theirs}", headers=mine)
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")


def test_nobody_ends_anothers_session(client: TestClient, session: Session, as_: As) -> None:
    dana, sam, ada = as_(signed_up(session)), as_(make.sam(session)), as_(make.ada(session))
    [danas] = [one["id"] for one in client.get(SESSIONS, headers=dana).json()["items"]]
    for stranger in (sam, ada):
        for session_id in (danas, str(new_id())):
            answer = client.delete(f"{SESSIONS}/{session_id}", headers=stranger)
            assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
        assert client.delete(SESSIONS, headers=stranger).status_code == 204
    assert client.get("/api/v1/auth/me", headers=dana).status_code == 200
    assert client.get(SESSIONS).status_code == 401
    assert client.delete(SESSIONS).status_code == 401
    assert client.delete(f"{SESSIONS}/{danas}").status_code == 401


def test_all_others_end_whether_browser_or_program(client: TestClient, session: Session) -> None:
    dana = signed_up(session)
    programs = [signed_in(client, dana) for _ in range(2)]
    with program() as browser:
        enter(browser, dana, FIREFOX, **HERE)
        with program() as other:
            enter(other, dana, FIREFOX, **HERE)
            assert browser.delete(SESSIONS, headers=HERE).status_code == 204
            assert other.get("/api/v1/auth/me").status_code == 401
        [left] = browser.get(SESSIONS).json()["items"]
        assert left["current"]
    for headers in programs:
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401


def test_who_ends_the_session_they_ask_from_is_out(client: TestClient, session: Session) -> None:
    dana = signed_up(session)
    headers = signed_in(client, dana)
    [mine] = [
        one for one in client.get(SESSIONS, headers=headers).json()["items"] if one["current"]
    ]
    assert client.delete(f"{SESSIONS}/{mine['id']}", headers=headers).status_code == 204
    assert client.get(SESSIONS, headers=headers).status_code == 401
    enter(client, dana, FIREFOX, **HERE)
    [mine] = [one for one in client.get(SESSIONS).json()["items"] if one["current"]]
    assert client.delete(f"{SESSIONS}/{mine['id']}", headers=HERE).status_code == 204
    assert not client.cookies


def test_a_sign_in_from_elsewhere_is_told_and_all_is_written_down(
    client: TestClient, session: Session
) -> None:
    dana = signed_up(session)
    for _ in range(2):
        signed_in(client, dana)
    assert kinds(session, dana.email) == ["welcome"]
    with program() as elsewhere:
        for device in ("curl/8.16", FIREFOX, FIREFOX):
            signed_in(elsewhere, dana, device)
        body = {"email": dana.email, "password": "wrong"}
        assert elsewhere.post("/api/v1/auth/login", json=body).status_code == 403
    assert kinds(session, dana.email) == ["welcome", "new_device", "new_device"]
    log = list(session.exec(select(AuditEntry.action)))
    assert (log.count("signed_in"), log.count("sign_in_refused")) == (5, 1)


def test_a_browsers_sign_in_by_its_code_is_written_down_too(
    client: TestClient, session: Session
) -> None:
    dana = signed_up(session)
    code = sessions.issue_code(session, user_id=dana.id, now=make.NOW)
    session.commit()
    client.get("/auth/session", params={"code": code}, follow_redirects=False)
    [entry] = session.exec(select(AuditEntry))
    assert (entry.action, entry.actor_id) == ("signed_in", dana.id)
    assert entry.network
