"""One's own account."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.core.limits import ACCOUNT, CHANGE_EMAIL, LETTER
from parkplace.spaces.models import SpaceStatus
from tests import factories as make
from tests.api.conftest import As, program
from tests.api.people import kinds, signed_up

ME = "/api/v1/auth/me"


def test_dana_changes_her_name(client: TestClient, session: Session, as_: As) -> None:
    headers = as_(signed_up(session))
    answer = client.patch(ME, json={"name": "  Dana \n Kim "}, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (200, "Dana Kim")
    assert client.get(ME, headers=headers).json() == answer.json()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "bad_name"),
        ({"name": "D" * 81}, "bad_name"),
        ({"email": "dana"}, "bad_email"),
        ({"is_admin": True}, "invalid"),
        ({"email_verified_at": "2026-01-01T00:00:00Z"}, "invalid"),
        ({"id": "x"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    client: TestClient, session: Session, as_: As, change: dict[str, object], code: str
) -> None:
    headers = as_(signed_up(session))
    before = client.get(ME, headers=headers).json()
    answer = client.patch(ME, json={"is_host": False, "name": "New"} | change, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert client.get(ME, headers=headers).json() == before


def test_two_editors_do_not_overwrite_each_other(
    client: TestClient, session: Session, as_: As
) -> None:
    headers = as_(signed_up(session))
    read = client.get(ME, headers=headers).headers["etag"]
    first = client.patch(ME, json={"name": "One"}, headers=headers | {"If-Match": read})
    assert first.status_code == 200
    assert first.headers["etag"] == client.get(ME, headers=headers).headers["etag"] != read
    second = client.patch(ME, json={"name": "Two"}, headers=headers | {"If-Match": read})
    assert (second.status_code, second.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(ME, headers=headers).json()["name"] == "One"


def test_becoming_a_host_is_a_choice_of_who_has_a_verified_address(
    client: TestClient, session: Session, as_: As
) -> None:
    dana = signed_up(session)
    headers = as_(dana)
    refused = client.patch(ME, json={"is_host": True}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "email_unverified")
    dana.email_verified_at = make.NOW
    session.commit()
    assert client.patch(ME, json={"is_host": True}, headers=headers).json()["is_host"] is True
    assert client.patch(ME, json={"name": "D"}, headers=headers).json()["is_host"] is True
    assert client.patch(ME, json={"is_host": False}, headers=headers).json()["is_host"] is False


def test_a_host_with_listed_spaces_stays_one(client: TestClient, session: Session, as_: As) -> None:
    owen = make.owen(session)
    garage = make.space(session, owen)
    headers = as_(owen)
    refused = client.patch(ME, json={"is_host": False, "name": "O"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "spaces_listed")
    assert client.get(ME, headers=headers).json()["name"] == "Owen"
    garage.status = SpaceStatus.RETIRED
    session.commit()
    assert client.patch(ME, json={"is_host": False}, headers=headers).status_code == 200


def test_nobody_has_no_account_to_change(client: TestClient) -> None:
    answer = client.patch(ME, json={"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")


def test_another_sites_page_changes_nothing(client: TestClient, session: Session) -> None:
    user = signed_up(session)
    body = {"email": user.email, "password": "plum harbour trellis nine"}
    here = {"Origin": "http://localhost:8000"}
    client.post("/api/v1/auth/login", json=body, headers=here).raise_for_status()
    evil = {"Origin": "https://evil.example"}
    for method, path in (
        ("PATCH", "me"),
        ("POST", "password/change"),
        ("POST", "email/verify/resend"),
        ("DELETE", "sessions"),
    ):
        answer = client.request(method, f"/api/v1/auth/{path}", json={}, headers=evil)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path


def test_one_mailbox_is_not_buried_by_people_who_move_there(
    client: TestClient, session: Session, as_: As
) -> None:
    victim = f"{uuid4().hex}@elsewhere.example"
    for name in ("Dana", "Sam", "Owen"):
        headers = as_(signed_up(session, name))
        answers = [client.patch(ME, json={"email": victim}, headers=headers) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
    assert kinds(session, victim) == ["email_change_new"] * LETTER.amount


def test_nobody_begins_to_move_all_day(client: TestClient, session: Session, as_: As) -> None:
    dana = signed_up(session)
    headers = as_(dana)
    statuses = [
        client.patch(ME, json={"email": f"{number}-{dana.email}"}, headers=headers).status_code
        for number in range(CHANGE_EMAIL.amount + 1)
    ]
    assert statuses == [200] * CHANGE_EMAIL.amount + [429]


def test_a_program_that_runs_wild_is_stopped_wherever_it_runs(session: Session, as_: As) -> None:
    headers = as_(signed_up(session))
    answers: list[int] = []
    for _ in range(2):
        with program() as running:
            count = ACCOUNT.amount // 2 + 1
            answers += [running.get(ME, headers=headers).status_code for _ in range(count)]
    assert answers.count(200) == ACCOUNT.amount
    assert answers[-1] == 429
    with program() as sams:
        sam = as_(signed_up(session, "Sam"))
        assert sams.get(ME, headers=sam).status_code == 200
