"""Two-factor sign-in, as programs and browsers use it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, col, select

from parkplace.accounts import sessions
from parkplace.accounts.models import AuditEntry, User, UserSession
from parkplace.accounts.one_time_codes import code_at, step_at
from parkplace.accounts.origin import HERE
from parkplace.accounts.ownership import FRESH
from parkplace.accounts.service import register
from parkplace.core.limits import SECOND_STEP, SIGN_IN_PAIR
from parkplace.notifications.models import Email
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from tests import factories as make
from tests.api.conftest import As, at, forget_settings, program
from tests.factories import NOW

PASSWORD = "plum harbour trellis nine"
DANA = {"email": "dana@example.com", "password": PASSWORD}
MINUTE = timedelta(minutes=1)

Post = Callable[[str, dict[str, Any]], Response]


@pytest.fixture
def dana(session: Session) -> User:
    user = register(session, email="dana@example.com", name="Dana", password=PASSWORD, now=NOW)
    user.email_verified_at = NOW
    session.commit()
    return user


@pytest.fixture
def post(client: TestClient, dana: User, as_: As) -> Post:
    """Ask for something as Dana, who signed in a while ago."""
    at(NOW - 10 * MINUTE)
    headers = as_(dana)
    at(NOW)
    return lambda path, body: client.post(f"/api/v1/auth/2fa/{path}", json=body, headers=headers)


def code(secret: str, steps: int = 0) -> str:
    return code_at(secret, step_at(NOW) + steps)


def protected(post: Post) -> tuple[str, list[str]]:
    """Switch it on with the code of half a minute ago; return the secret and recovery codes."""
    secret = post("setup", {"password": PASSWORD}).raise_for_status().json()["secret"]
    answer = post("enable", {"code": code(secret, -1)}).raise_for_status()
    return secret, answer.json()["recovery_codes"]


def login(client: TestClient, **more: str) -> Response:
    return client.post("/api/v1/auth/login", json=DANA | more)


def refused(answer: Response, code: str, status: int = 403) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def letters(session: Session) -> list[str]:
    return [letter.subject for letter in session.exec(select(Email).order_by(col(Email.id)))]


def log(session: Session) -> list[str]:
    """What is noted, apart from who signed in."""
    noted = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id)))
    return [action for action in noted if action not in {"signed_in", "sign_in_refused"}]


def test_dana_sets_up_an_app_and_signs_in_with_it(
    client: TestClient, post: Post, session: Session, dana: User, as_: As
) -> None:
    answer = post("setup", {"password": PASSWORD})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    setup = answer.json()
    assert set(setup) == {"secret", "otpauth_uri", "qr_svg"}
    assert setup["qr_svg"].startswith("<svg")
    assert login(client).status_code == 200  # not in force yet

    answer = post("enable", {"code": code(setup["secret"], -1)})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.json()["recovery_codes"]) == 10

    refused(login(client), "second_factor_needed")
    refused(login(client, code="000000"), "wrong_code")
    assert login(client, code="000000").json()["errors"][0]["path"] == "code"
    body = DANA | {"code": code(setup["secret"])}
    here = {"Origin": "http://localhost:8000"}
    signed_in = client.post("/api/v1/auth/login", json=body, headers=here)
    assert signed_in.status_code == 200
    assert "HttpOnly" in signed_in.headers["set-cookie"]
    refused(login(client, code=code(setup["secret"])), "wrong_code")  # spent
    assert client.get("/api/v1/auth/me", headers=as_(dana)).json()["two_factor"] is True
    assert letters(session) == ["Two-factor sign-in is on"]
    assert log(session) == ["two_factor_on"]


def test_a_refused_second_step_leaves_nothing_open(
    client: TestClient, post: Post, session: Session
) -> None:
    protected(post)
    before = len(session.exec(select(UserSession)).all())
    for answer in (login(client), login(client, code="000000")):
        assert set(answer.json()) >= {"code", "detail"}
        assert "access_token" not in answer.json()
        assert "set-cookie" not in answer.headers
    assert len(session.exec(select(UserSession)).all()) == before


def test_without_the_password_nobody_learns_that_there_is_a_second_step(
    client: TestClient, post: Post, dana: User
) -> None:
    assert dana
    secret, codes = protected(post)
    wrong = DANA | {"password": "wrong"}
    nobody = DANA | {"email": "sam@example.com"}
    answers = [
        client.post("/api/v1/auth/login", json=body | extra)
        for body in (wrong, nobody)
        for extra in ({}, {"code": code(secret)}, {"code": codes[0]}, {"code": "000000"})
    ]
    for answer in answers:
        refused(answer, "wrong_credentials")
        assert answer.json() == answers[0].json()
    assert login(client, code=code(secret)).status_code == 200  # none of that spent it


def test_a_stranger_cannot_use_up_danas_attempts(client: TestClient, post: Post) -> None:
    secret, _ = protected(post)
    for _ in range(5):
        with program() as sams:
            for _ in range(SIGN_IN_PAIR.amount):
                body = DANA | {"password": "guess", "code": "000000"}
                refused(sams.post("/api/v1/auth/login", json=body), "wrong_credentials")
    assert login(client, code=code(secret)).status_code == 200


def test_who_has_the_password_guesses_ten_codes_however_many_networks_they_have(
    client: TestClient, post: Post
) -> None:
    secret, _ = protected(post)
    for guess in range(SECOND_STEP.amount):
        with program() as sams:
            refused(login(sams, code=f"{guess:06}"), "wrong_code")
    with program() as sams:
        answer = login(sams, code=code(secret))
    refused(answer, "too_many_attempts", 429)
    assert int(answer.headers["retry-after"]) > 0
    # Dana is at home, where she set it up.
    assert login(client, code=code(secret)).status_code == 200


def test_a_recovery_code_signs_in_once_and_is_told(
    client: TestClient, post: Post, session: Session
) -> None:
    _, codes = protected(post)
    assert login(client, code=codes[3]).status_code == 200
    refused(login(client, code=codes[3]), "wrong_code")
    assert login(client, code=codes[4].replace("-", "")).status_code == 200
    assert letters(session)[1:] == ["A recovery code was used"] * 2
    told = session.exec(select(Email).order_by(col(Email.id).desc())).first()
    assert told is not None
    assert "8 of 10 are left" in told.text
    assert codes[4] not in told.text
    assert log(session)[1:] == ["recovery_code_used"] * 2
    used = select(AuditEntry).where(col(AuditEntry.action) == "recovery_code_used")
    entry = session.exec(used.order_by(col(AuditEntry.id).desc())).first()
    assert entry is not None
    assert entry.after == {"left": 8}


def test_new_recovery_codes_take_a_code_and_void_the_old(
    client: TestClient, post: Post, session: Session
) -> None:
    secret, old = protected(post)
    refused(post("recovery-codes", {"code": old[0]}), "wrong_code")
    answer = post("recovery-codes", {"code": code(secret)})
    assert answer.headers["cache-control"] == "no-store"
    new = answer.json()["recovery_codes"]
    assert len(set(new) | set(old)) == 20
    refused(login(client, code=old[0]), "wrong_code")
    assert login(client, code=new[0]).status_code == 200
    assert letters(session)[1] == "You have new recovery codes"


def test_switching_it_off_takes_password_and_code(
    client: TestClient, post: Post, session: Session
) -> None:
    secret, _ = protected(post)
    refused(post("disable", {"code": code(secret)}), "wrong_password")
    refused(post("disable", {"password": "wrong", "code": code(secret)}), "wrong_password")
    refused(post("disable", {"password": PASSWORD, "code": "000000"}), "wrong_code")
    refused(post("disable", {"password": PASSWORD}), "invalid", 422)
    refused(login(client), "second_factor_needed")
    assert post("disable", {"password": PASSWORD, "code": code(secret)}).status_code == 204
    assert login(client).status_code == 200
    assert letters(session)[-1] == "Two-factor sign-in is off"
    assert log(session)[-1] == "two_factor_off"
    refused(post("disable", {"password": PASSWORD, "code": code(secret)}), "two_factor_off", 409)


def test_guessing_the_password_with_a_borrowed_session_is_slowed_down(post: Post) -> None:
    for _ in range(SIGN_IN_PAIR.amount):
        refused(post("setup", {"password": "guess"}), "wrong_password")
    refused(post("setup", {"password": PASSWORD}), "too_many_attempts", 429)


def test_what_comes_at_the_wrong_moment_is_refused(post: Post) -> None:
    refused(post("enable", {"code": "123456"}), "two_factor_off", 409)
    refused(post("recovery-codes", {"code": "123456"}), "two_factor_off", 409)
    refused(post("enable", {"code": 123456}), "invalid", 422)
    refused(post("setup", {"password": PASSWORD, "admin": True}), "invalid", 422)
    protected(post)
    refused(post("setup", {"password": PASSWORD}), "two_factor_on", 409)


def test_an_account_without_a_password_needs_a_sign_in_of_just_now(
    client: TestClient, session: Session, as_: As
) -> None:
    sam = make.sam(session)
    headers = as_(sam)
    assert client.get("/api/v1/auth/me", headers=headers).json()["has_password"] is False

    def set_up(**headers: str) -> Response:
        return client.post("/api/v1/auth/2fa/setup", json={}, headers=headers)

    assert set_up(**headers).status_code == 200
    at(NOW + FRESH + MINUTE)
    refused(set_up(**headers), "sign_in_again")
    # By the cookie it is the same.
    _, cookie = sessions.open_session(session, user=sam, origin=HERE, now=NOW)
    session.commit()
    ours = {"Origin": "http://localhost:8000", "Cookie": f"parkplace={cookie}"}
    refused(set_up(**ours), "sign_in_again")
    at(NOW + FRESH - MINUTE)
    assert set_up(**ours).status_code == 200
    refused(set_up(Cookie=f"parkplace={cookie}"), "cross_site")
    refused(set_up(), "sign_in_needed", 401)


def test_a_renewed_token_is_no_new_sign_in(
    client: TestClient, session: Session, dana: User
) -> None:
    pair = login(client).raise_for_status().json()
    dana.password_hash = "!"
    session.add(dana)
    session.commit()
    client.cookies.clear()
    at(NOW + FRESH + MINUTE)
    refresh = {"refresh_token": pair["refresh_token"]}
    fresh = client.post("/api/v1/auth/token/refresh", json=refresh).raise_for_status().json()
    headers = {"Authorization": f"Bearer {fresh['access_token']}"}
    refused(client.post("/api/v1/auth/2fa/setup", json={}, headers=headers), "sign_in_again")


def test_no_secret_is_logged(
    client: TestClient, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret, codes = protected(post)
    login(client, code=codes[0])
    login(client, code="000000")
    for hidden in (secret, *codes, PASSWORD):
        assert hidden not in caplog.text


class TestAdmins:
    """In production an admin without a second factor is nobody special."""

    @pytest.fixture(autouse=True)
    def strict(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PARKPLACE_ADMIN_SECOND_FACTOR", "required")
        forget_settings()

    def powers(
        self, client: TestClient, session: Session, headers: dict[str, str]
    ) -> list[Response]:
        owen = make.owen(session)
        garage = make.space(session, owen)
        draft = make.space(session, owen, status="draft")
        booking = make.confirmed(session, garage, make.dana(session), make.period(1, 1))
        report, _ = reports.file(
            session,
            reporter=None,
            plate="KLM 4821",
            kind=ReportKind.OTHER,
            description="It hums.",
            now=NOW,
        )
        session.commit()
        answer = {"status": "resolved", "answer": "Done."}
        v1 = "/api/v1"
        return [
            client.get(f"{v1}/reports", headers=headers),
            client.patch(f"{v1}/reports/{report.id}", json=answer, headers=headers),
            client.get(f"{v1}/spaces/{draft.id}", headers=headers),
            client.patch(f"{v1}/spaces/{draft.id}", json={"title": "Mine"}, headers=headers),
            client.post(f"{v1}/spaces/{garage.id}/pause", headers=headers),
            client.get(f"{v1}/bookings/{booking.id}", headers=headers),
        ]

    def test_every_power_is_refused_with_the_reason(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        for answer in self.powers(client, session, as_(make.ada(session))):
            refused(answer, "second_factor_required")

    def test_with_a_second_factor_they_have_them_all(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        ada = make.ada(session)
        ada.two_factor_at = NOW
        for answer in self.powers(client, session, as_(ada)):
            assert answer.status_code == 200, answer.text

    def test_what_everybody_may_they_may_too(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        ada = make.ada(session)
        garage = make.space(session, make.owen(session))
        headers = as_(ada)
        assert client.get("/api/v1/auth/me", headers=headers).json()["is_admin"] is True
        assert client.get(f"/api/v1/spaces/{garage.id}", headers=headers).status_code == 200
        assert client.get("/api/v1/bookings", headers=headers).status_code == 200

    def test_whoever_is_no_admin_is_told_so(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        sam = as_(make.sam(session))
        garage = make.space(session, make.owen(session))
        session.commit()
        refused(client.post(f"/api/v1/spaces/{garage.id}/pause", headers=sam), "not_the_host")
