"""What the links in letters do, and what asking for them tells nobody."""

from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from parkplace.accounts.models import AccountLink, User
from parkplace.core.limits import ASK_RESET, LETTER, LINK, PASSWORD_ACCOUNT
from parkplace.notifications.models import Email
from tests import factories as make
from tests.api.conftest import As, at, program
from tests.api.people import NEW_PASSWORD, PASSWORD, kinds, letters, signed_up, token
from tests.factories import NOW

AUTH = "/api/v1/auth"
GARAGE = {
    "title": "St Marks Place garage",
    "lat": 40.7290,
    "lng": -73.9888,
    "kind": "garage",
    "rate_card": {"hour_minor": 400, "currency": "USD"},
}


@pytest.fixture
def dana(session: Session) -> User:
    return signed_up(session)


def post(client: TestClient, path: str, **body: str) -> httpx2.Response:
    return client.post(f"{AUTH}/{path}", json=body)


def login(client: TestClient, password: str, email: str) -> int:
    answer = client.post(f"{AUTH}/login", json={"email": email, "password": password})
    client.cookies.clear()
    return answer.status_code


def test_hosting_begins_with_a_verified_address(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    headers = as_(dana)
    refused = client.post("/api/v1/spaces", json=GARAGE, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "email_unverified")
    assert "Verify your e-mail address first" in refused.json()["detail"]
    draft = client.post("/api/v1/spaces", json=GARAGE | {"draft": True}, headers=headers)
    assert draft.json()["code"] == "email_unverified"

    verified = post(client, "email/verify", token=token(session, "verify-email", dana.email))
    assert verified.status_code == 200
    assert verified.json()["email_verified_at"] is not None

    assert client.post("/api/v1/spaces", json=GARAGE, headers=headers).status_code == 201


def test_parking_does_not_wait_for_it(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    garage = make.space(session, make.owen(session))
    session.commit()
    stay = {
        "space_id": str(garage.id),
        "starts_at": (NOW + timedelta(hours=1)).isoformat(),
        "ends_at": (NOW + timedelta(hours=3)).isoformat(),
    }
    assert client.post("/api/v1/quotes", json=stay, headers=as_(dana)).status_code == 201


def test_a_link_works_once_and_another_says_why_not(
    client: TestClient, session: Session, dana: User
) -> None:
    link = token(session, "verify-email", dana.email)
    assert post(client, "email/verify", token=link).status_code == 200
    for spent in (link, "never-was-one", "", "\ud7ff" * 3):
        answer = post(client, "email/verify", token=spent)
        assert (answer.status_code, answer.json()["code"]) == (404, "link_spent")


def test_opening_a_link_does_nothing(client: TestClient, session: Session, dana: User) -> None:
    link = token(session, "verify-email", dana.email)
    for path in ("email/verify", "password/reset/confirm", "email/change/confirm"):
        assert client.get(f"{AUTH}/{path}", params={"token": link}).status_code == 405
    session.expire_all()
    assert session.exec(select(AccountLink)).one().used_at is None


def test_the_letter_comes_again_for_who_is_signed_in(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    nobody = post(client, "email/verify/resend")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "sign_in_needed")
    headers = as_(dana)
    answers = [client.post(f"{AUTH}/email/verify/resend", headers=headers) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert kinds(session, dana.email) == ["welcome"] + ["verify_email"] * LETTER.amount
    assert (
        post(client, "email/verify", token=token(session, "verify-email", dana.email)).status_code
        == 200
    )
    again = client.post(f"{AUTH}/email/verify/resend", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "email_verified")


def test_a_forgotten_password_is_replaced(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    headers = as_(dana)
    assert post(client, "password/reset", email=dana.email.upper()).status_code == 202
    link = token(session, "reset-password", dana.email)
    weak = post(client, "password/reset/confirm", token=link, password="password12")
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert weak.json()["errors"][0]["path"] == "password"
    assert client.get(f"{AUTH}/me", headers=headers).status_code == 200

    done = post(client, "password/reset/confirm", token=link, password=NEW_PASSWORD)

    assert (done.status_code, done.content) == (204, b"")
    ended = client.get(f"{AUTH}/me", headers=headers)
    assert (ended.status_code, ended.json()["code"]) == (401, "session_over")
    assert [login(client, PASSWORD, dana.email), login(client, NEW_PASSWORD, dana.email)] == [
        403,
        200,
    ]
    again = post(client, "password/reset/confirm", token=link, password=PASSWORD)
    assert (again.status_code, again.json()["code"]) == (404, "link_spent")
    # They have read the letter: the address is theirs.
    assert client.get(f"{AUTH}/me", headers=as_(dana)).json()["email_verified_at"] is not None
    assert kinds(session, dana.email)[-2:] == ["reset_password", "password_changed"]


def test_a_link_for_a_new_password_lasts_an_hour(
    client: TestClient, session: Session, dana: User
) -> None:
    post(client, "password/reset", email=dana.email)
    link = token(session, "reset-password", dana.email)
    at(NOW + timedelta(minutes=61))
    late = post(client, "password/reset/confirm", token=link, password=NEW_PASSWORD)
    assert (late.status_code, late.json()["code"]) == (404, "link_spent")


def said(answer: httpx2.Response) -> tuple[int, str, dict[str, str]]:
    """All of an answer but what every answer has anew, and what the clock alone decides."""
    own = {"x-request-id", "date", "ratelimit-reset"}
    headers = {name: text for name, text in answer.headers.items() if name not in own}
    return answer.status_code, answer.text, headers


def test_no_answer_tells_whether_an_address_has_an_account(session: Session, dana: User) -> None:
    """Each asks from a network of its own, as strangers would, until long after the last letter."""
    sam = signed_up(session, "Sam")
    sam.suspended_at = NOW
    session.commit()
    addresses = [dana.email, sam.email, *(f"{uuid4().hex}@example.com" for _ in range(2))]
    answers: list[tuple[int, str, dict[str, str]]] = []
    for email in addresses:
        with program() as stranger:
            answers += [said(post(stranger, "password/reset", email=email)) for _ in range(6)]
    assert len({status for status, _, _ in answers}) == 1
    assert len({text for _, text, _ in answers}) == 1
    # Whatever counts down with each attempt counts down alike for every address.
    for attempt in range(6):
        heads = [headers for _, _, headers in answers[attempt::6]]
        assert all(head == heads[0] for head in heads)
    assert kinds(session, dana.email) == ["welcome"] + ["reset_password"] * LETTER.amount
    assert kinds(session, sam.email) == ["welcome"]
    strangers = select(Email).where(col(Email.to_address).not_in([dana.email, sam.email]))
    assert session.exec(strangers).first() is None


def test_what_is_no_address_is_refused_for_everybody(client: TestClient) -> None:
    for email in ("dana", "", "dana@example.com\r\nBcc: x@example.com"):
        answer = post(client, "password/reset", email=email)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_email")


def test_a_stranger_who_asks_all_day_neither_buries_nor_locks_out_dana(
    session: Session, dana: User
) -> None:
    for _ in range(4):
        with program() as sams:
            while post(sams, "password/reset", email=dana.email).status_code == 202:
                pass
    with program() as home:
        assert post(home, "password/reset", email=dana.email).status_code == 202
        assert kinds(session, dana.email).count("reset_password") == LETTER.amount
        link = token(session, "reset-password", dana.email)
        chosen = post(home, "password/reset/confirm", token=link, password=NEW_PASSWORD)
        assert chosen.status_code == 204
        assert login(home, NEW_PASSWORD, dana.email) == 200


def test_one_network_is_stopped_when_it_asks_for_everybody(client: TestClient) -> None:
    answers = [
        post(client, "password/reset", email=f"{uuid4().hex}@example.com").status_code
        for _ in range(ASK_RESET.amount + 1)
    ]
    assert answers == [202] * ASK_RESET.amount + [429]


def test_one_network_is_stopped_when_it_tries_links(client: TestClient) -> None:
    for number in range(LINK.amount):
        assert post(client, "email/verify", token=f"guess-{number}").status_code == 404
    for path, more in (
        ("email/verify", {}),
        ("email/change/confirm", {}),
        ("email/change/stop", {}),
        ("password/reset/confirm", {"password": NEW_PASSWORD}),
    ):
        answer = post(client, path, token="guess", **more)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")


def test_dana_changes_her_password_and_stays_where_she_is(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    here, elsewhere = as_(dana), as_(dana)
    body = {"current": PASSWORD, "new": NEW_PASSWORD}
    answer = client.post(f"{AUTH}/password/change", json=body, headers=here)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(f"{AUTH}/me", headers=here).status_code == 200
    assert client.get(f"{AUTH}/me", headers=elsewhere).status_code == 401
    assert [login(client, PASSWORD, dana.email), login(client, NEW_PASSWORD, dana.email)] == [
        403,
        200,
    ]
    assert "password_changed" in kinds(session, dana.email)


def test_who_borrows_a_session_does_not_get_the_password(
    client: TestClient, dana: User, as_: As
) -> None:
    headers = as_(dana)

    def guess(current: str, new: str = NEW_PASSWORD) -> httpx2.Response:
        body = {"current": current, "new": new}
        return client.post(f"{AUTH}/password/change", json=body, headers=headers)

    wrong = guess("wrong")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert wrong.json()["errors"][0]["path"] == "current"
    weak = guess(PASSWORD, "password12")
    assert (weak.status_code, weak.json()["errors"][0]["path"]) == (422, "new")
    statuses = [guess(f"guess {number}").status_code for number in range(PASSWORD_ACCOUNT.amount)]
    assert statuses[-2:] == [429, 429]
    assert login(client, PASSWORD, dana.email) == 200
    nobody = client.post(f"{AUTH}/password/change", json={"current": "a", "new": "b"})
    assert nobody.status_code == 401


def test_an_account_moves_when_both_addresses_agree(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    headers, before, after = as_(dana), dana.email, f"new-{dana.email}"
    begun = client.patch(f"{AUTH}/me", json={"email": after.upper()}, headers=headers)
    assert (begun.status_code, begun.json()["email"]) == (200, before)
    new, old = token(session, "confirm-email", after), token(session, "confirm-email", before)
    half = post(client, "email/change/confirm", token=new)
    assert (half.status_code, half.json()) == (200, {"status": "waiting"})
    assert login(client, PASSWORD, before) == 200
    whole = post(client, "email/change/confirm", token=old)
    assert whole.json() == {"status": "done"}
    me = client.get(f"{AUTH}/me", headers=headers).json()
    assert me["email"] == after
    assert me["email_verified_at"] is not None
    assert login(client, PASSWORD, before) == 403
    assert login(client, PASSWORD, after) == 200
    assert kinds(session, before)[-1] == kinds(session, after)[-1] == "email_changed"


def test_its_owner_stops_a_move_they_did_not_begin(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    thief = as_(dana)
    client.patch(f"{AUTH}/me", json={"email": f"evil-{dana.email}"}, headers=thief)
    old = token(session, "confirm-email", dana.email)
    new = token(session, "confirm-email", f"evil-{dana.email}")
    theirs = post(client, "email/change/stop", token=new)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "link_spent")
    assert client.get(f"{AUTH}/me", headers=thief).status_code == 200

    assert post(client, "email/change/stop", token=old).status_code == 204

    assert client.get(f"{AUTH}/me", headers=thief).status_code == 401
    for link in (old, new):
        assert post(client, "email/change/confirm", token=link).status_code == 404
    assert login(client, PASSWORD, dana.email) == 200


def test_nobody_can_tell_by_moving_whether_an_address_has_an_account(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    sam, nobody = signed_up(session, "Sam").email, f"{uuid4().hex}@example.com"
    headers = as_(dana)
    answers: list[tuple[int, str, dict[str, str]]] = []
    confirmed: list[tuple[int, str]] = []
    for email in (sam, nobody):
        answers.append(said(client.patch(f"{AUTH}/me", json={"email": email}, headers=headers)))
        half = post(
            client, "email/change/confirm", token=token(session, "confirm-email", dana.email)
        )
        confirmed.append((half.status_code, half.text))
    statuses = {(status, text, headers["etag"]) for status, text, headers in answers}
    assert len(statuses) == 1
    assert len(set(confirmed)) == 1
    assert kinds(session, sam) == ["welcome", "email_change_taken"]
    assert kinds(session, nobody) == ["email_change_new"]


def test_who_comes_second_is_told_that_it_is_over(
    client: TestClient, session: Session, dana: User, as_: As
) -> None:
    sam = signed_up(session, "Sam")
    wanted = f"wanted-{dana.email}"
    links: list[str] = []
    for user in (dana, sam):
        client.patch(f"{AUTH}/me", json={"email": wanted}, headers=as_(user))
        links.append(token(session, "confirm-email", wanted))
        assert post(
            client, "email/change/confirm", token=token(session, "confirm-email", user.email)
        ).json() == {"status": "waiting"}
    first, second = (post(client, "email/change/confirm", token=link) for link in links)
    assert first.json() == {"status": "done"}
    assert (second.status_code, second.json()["code"]) == (409, "email_taken")
    assert "yours stays where it is" in second.json()["detail"]
    gone = post(client, "email/change/confirm", token=links[1])
    assert gone.json()["code"] == "link_spent"
    assert login(client, PASSWORD, sam.email) == 200


def test_nothing_works_for_somebody_who_is_kept_out(
    client: TestClient, session: Session, dana: User
) -> None:
    post(client, "password/reset", email=dana.email)
    verify, reset = (
        token(session, "verify-email", dana.email),
        token(session, "reset-password", dana.email),
    )
    dana.suspended_at = NOW
    session.commit()
    assert post(client, "email/verify", token=verify).json()["code"] == "link_spent"
    answer = post(client, "password/reset/confirm", token=reset, password=NEW_PASSWORD)
    assert answer.json()["code"] == "link_spent"
    answer = client.post(f"{AUTH}/login", json={"email": dana.email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")
    assert post(client, "password/reset", email=dana.email).status_code == 202
    assert len(letters(session, dana.email)) == 2


def test_no_token_and_no_password_is_logged(
    client: TestClient, session: Session, dana: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    post(client, "password/reset", email=dana.email)
    link = token(session, "reset-password", dana.email)
    post(client, "password/reset/confirm", token=link, password=NEW_PASSWORD)
    post(client, "password/reset/confirm", token=link, password=NEW_PASSWORD)
    assert link not in caplog.text
    assert NEW_PASSWORD not in caplog.text
