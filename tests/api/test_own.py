"""One's own account as a whole: everything that is kept, the log, and the end."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from parkplace.accounts import sessions
from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import User
from parkplace.accounts.one_time_codes import code_at, step_at
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.second_factor import set_up, switch_on
from parkplace.accounts.service import register
from parkplace.core.settings import get_settings
from parkplace.people.models import Departure
from tests import factories as make
from tests.api.conftest import As
from tests.factories import NOW, period
from tests.people.lives import EMAIL, MARK, PASSWORD, lived

ME = "/api/v1/auth/me"
OURS = {"Origin": "http://localhost:8000"}


@pytest.fixture
def dana(session: Session) -> User:
    return register(session, email="dana@example.com", name="Dana", password=PASSWORD, now=NOW)


def leave(client: TestClient, headers: dict[str, str], password: str = PASSWORD) -> Any:
    return client.request("DELETE", ME, json={"password": password}, headers=headers)


def test_everything_that_is_kept_comes_as_one_document(
    client: TestClient, session: Session, as_: As
) -> None:
    life = lived(session)
    answer = client.get(f"{ME}/export", headers=as_(life.user))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="park-place-export.json"'
    said = answer.json()
    assert said["account"][0]["email"] == EMAIL
    assert len(said["bookings"]) == 3
    log = client.get(f"{ME}/audit", headers=as_(life.user)).json()["items"]
    assert [entry["action"] for entry in log] == ["data_exported", "papers_sent"]


def test_it_cannot_be_asked_for_without_end(client: TestClient, dana: User, as_: As) -> None:
    headers = as_(dana)
    answers = [client.get(f"{ME}/export", headers=headers).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_who_leaves_is_gone_from_the_api_too(client: TestClient, session: Session, as_: As) -> None:
    life = lived(session)
    headers = as_(life.user)
    photos = client.get(f"/api/v1/users/{life.user.id}", headers=headers).json()["photo_urls"]
    assert client.get(photos["320"]).status_code == 200
    assert leave(client, headers).status_code == 204
    assert client.get(ME, headers=headers).status_code == 401
    assert client.get(f"/api/v1/users/{life.user.id}/profile").status_code == 404
    assert client.get(f"/api/v1/spaces/{life.garage.id}").status_code == 404
    assert client.get(photos["320"]).status_code == 404
    ada = as_(make.ada(session))
    seen = client.get(f"/api/v1/users/{life.user.id}", headers=ada).json()
    assert (seen["status"], seen["name"]) == ("deleted", "Deleted person")
    listed = client.get("/api/v1/users", params={"status": "deleted"}, headers=ada)
    assert [one["id"] for one in listed.json()["items"]] == [str(life.user.id)]
    assert MARK not in listed.text
    # Stripe does not answer in this test: what is to be detached waits for the job.
    departure = session.exec(select(Departure)).one()
    assert len(departure.customers) == 1
    login = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/api/v1/auth/login", json=login).json()["code"] == "wrong_credentials"
    again = client.post("/api/v1/auth/register", json=login | {"name": "Quilla"})
    assert again.status_code == 201


def test_the_cookie_goes_with_the_account(client: TestClient, session: Session, dana: User) -> None:
    _, token = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    session.commit()
    client.cookies.set(get_settings().session_cookie, token)
    assert leave(client, {}).json()["code"] == "cross_site"
    answer = leave(client, OURS)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_wrong_password_deletes_nothing_and_is_not_tried_for_long(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    headers = as_(dana)
    told = [leave(client, headers, "another password").json()["code"] for _ in range(11)]
    assert told == ["wrong_password"] * 10 + ["too_many_attempts"]
    assert leave(client, {}).status_code == 401
    session.refresh(dana)
    assert dana.deleted_at is None


def test_with_two_factor_sign_in_a_code_goes_with_the_password(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    dana.email_verified_at = NOW
    setup = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW)
    first = code_at(setup.secret, step_at(NOW))
    code = switch_on(session, user=dana, code=first, origin=HERE, now=NOW)[0]
    session.commit()
    assert leave(client, as_(dana)).json()["code"] == "second_factor_needed"
    body = {"password": PASSWORD, "code": code}
    assert client.request("DELETE", ME, json=body, headers=as_(dana)).status_code == 204


def test_what_is_open_keeps_one_and_says_what_to_do(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    garage = make.space(session, make.owen(session))
    make.confirmed(session, garage, dana, period(1, 2))
    answer = leave(client, as_(dana))
    assert (answer.status_code, answer.json()["code"]) == (409, "bookings_ahead")
    assert "Cancel or end them first" in answer.json()["detail"]
    by_ada = client.delete(f"/api/v1/users/{dana.id}", headers=as_(make.ada(session)))
    assert (by_ada.status_code, by_ada.json()["code"]) == (409, "bookings_ahead")


def test_ada_deletes_dana_and_not_herself(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    ada = make.ada(session)
    headers = as_(ada)
    assert client.delete(f"/api/v1/users/{dana.id}", headers=headers).status_code == 204
    assert client.delete(f"/api/v1/users/{dana.id}", headers=headers).status_code == 404
    own = client.delete(f"/api/v1/users/{ada.id}", headers=headers)
    assert (own.status_code, own.json()["code"]) == (403, "own_case")


def test_ones_own_log_says_what_was_done_and_of_others_neither_who_nor_where(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    ada, sam = make.ada(session), make.sam(session)
    where = Origin.of(address="203.0.113.7", device="Firefox")
    for actor, subject in ((dana, dana), (ada, dana), (sam, sam)):
        note(
            session, action=Action.SIGNED_IN, actor=actor, subject_id=subject.id, origin=where,
            now=NOW,
        )  # fmt: skip
    by_ada, own = client.get(f"{ME}/audit", headers=as_(dana)).json()["items"]
    assert (own["actor_id"], own["network"]) == (str(dana.id), "203.0.113.0/24")
    assert (by_ada["actor_id"], by_ada["network"], by_ada["device"]) == (None, "", "")
    assert client.get(f"{ME}/audit").status_code == 401


def test_admins_read_the_whole_log_in_pages(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    ada = make.ada(session)
    for action in (Action.SIGNED_IN, Action.DATA_EXPORTED, Action.SIGNED_IN):
        note(session, action=action, actor=dana, subject_id=dana.id, origin=HERE, now=NOW)
    headers = as_(ada)

    def actions(**wanted: Any) -> tuple[list[str], str | None]:
        page = client.get("/api/v1/audit", params=wanted, headers=headers).json()
        return [entry["action"] for entry in page["items"]], page["next_cursor"]

    assert actions() == (["signed_in", "data_exported", "signed_in"], None)
    assert actions(action="data_exported") == (["data_exported"], None)
    assert actions(subject_id=str(ada.id)) == ([], None)
    first, cursor = actions(limit=2)
    assert (first, actions(limit=2, cursor=cursor)[0]) == (
        ["signed_in", "data_exported"], ["signed_in"],
    )  # fmt: skip
    for wrong in ({"action": "flew"}, {"cursor": "-1"}, {"cursor": "9" * 19}, {"limit": 0}):
        assert client.get("/api/v1/audit", params=wrong, headers=headers).status_code == 422
    refused = client.get("/api/v1/audit", headers=as_(dana))
    assert (refused.status_code, refused.json()["code"]) == (403, "admins_only")
    mine = client.get("/api/v1/audit", params={"subject_id": str(dana.id)}, headers=as_(dana))
    assert mine.status_code == 200
    assert client.get("/api/v1/audit").status_code == 401
