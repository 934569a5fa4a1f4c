"""Signing in through a provider, against a real one that runs on this machine."""

import asyncio
import base64
import hashlib
import json
import socket
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlmodel import Session, col, select

from parkplace.accounts import sessions
from parkplace.accounts.models import AuditEntry, User, UserIdentity, UserSession
from parkplace.accounts.openid import client as openid
from parkplace.accounts.openid import flow
from parkplace.accounts.openid.problems import sentence
from parkplace.accounts.origin import HERE
from parkplace.accounts.passwords import hash_password
from parkplace.accounts.service import register
from parkplace.core import clock
from parkplace.core.ids import new_id
from parkplace.core.limits import OPENID
from parkplace.notifications.models import Email
from tests import factories as make
from tests.api.conftest import As, at, forget_settings, program, the_api
from tests.factories import NOW
from tests.openid_provider import Claims, RunningProvider, changed, query, running_provider

PASSWORD = "plum harbour trellis nine"
LOGIN, CALLBACK = "/api/v1/auth/oidc/corner/login", "/api/v1/auth/oidc/corner/callback"
SECRET = "the secret that the provider gave us"
DANA = {"email": "Dana@Example.com", "email_verified": True, "name": "Dana Kim"}


def configured(issuer: str, **more: object) -> str:
    provider = {
        "issuer": issuer,
        "client_id": "park-place",
        "client_secret": SECRET,
        "label": "Corner",
    }
    return json.dumps({"corner": provider} | more)


@pytest.fixture(scope="module")
def corner() -> Generator[RunningProvider]:
    """A provider, for all tests here."""
    with running_provider() as running:
        yield running


@pytest.fixture
def provider(
    corner: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> Generator[RunningProvider]:
    """That provider, as it is new, and we registered there; its clock is the machine's, as ours."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # for the provider, which has no TLS
    monkeypatch.setenv("PARKPLACE_OIDC", configured(corner.issuer))
    forget_settings()
    openid.forget()
    clock.travel(timedelta())
    corner.reset()
    corner.knows("dana", **DANA)
    yield corner
    openid.forget()


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    """A browser that follows no redirect by itself."""
    client.follow_redirects = False
    return client


def begun(browser: TestClient, then: str = "/bookings") -> str:
    """Follow the link of the sign-in page; return where the browser is sent."""
    answer = browser.get(LOGIN, params={"then": then})
    assert answer.status_code == 303
    return answer.headers["location"]


def home(browser: TestClient, url: str) -> str:
    """Come back from the provider; return where the browser is sent then."""
    answer = browser.get(url)
    assert answer.status_code == 303, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]


def entered(browser: TestClient, provider: RunningProvider, subject: str = "dana") -> str:
    """Go there and back; return where the browser is sent then."""
    return home(browser, provider.agree(begun(browser), subject))


def refused(location: str) -> str:
    """The code with which a browser was sent back to the sign-in page."""
    assert location.startswith("/sign-in?then="), location
    said = query(location)
    assert sentence(said["problem"]), said
    return said["problem"]


def me(browser: TestClient) -> dict[str, Any] | None:
    answer = browser.get("/api/v1/auth/me")
    return answer.json() if answer.status_code == 200 else None


def letters(session: Session) -> list[str]:
    return [letter.subject for letter in session.exec(select(Email).order_by(col(Email.id)))]


def test_somebody_new_gets_an_account_and_is_signed_in(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    assert entered(browser, provider) == "/bookings"

    said = me(browser)
    assert said is not None
    assert (said["email"], said["name"]) == ("dana@example.com", "Dana Kim")
    assert (said["has_password"], said["two_factor"]) == (False, False)
    dana = session.exec(select(User)).one()
    assert dana.email_verified_at is not None
    identity = session.exec(select(UserIdentity)).one()
    assert (identity.user_id, identity.issuer, identity.subject) == (
        dana.id,
        provider.issuer,
        "dana",
    )
    assert letters(session) == ["Welcome to Park Place"]
    login = {"email": "dana@example.com", "password": "!"}
    assert browser.post("/api/v1/auth/login", json=login).json()["code"] == "wrong_credentials"


def test_the_provider_is_asked_as_the_specifications_say(
    browser: TestClient, provider: RunningProvider
) -> None:
    url = begun(browser)
    asked = query(url)
    assert url.startswith(f"{provider.issuer}/oauth2/authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "park-place"
    assert asked["redirect_uri"] == f"http://localhost:8000{CALLBACK}"
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked["state"]), len(asked["nonce"])) == 43
    assert SECRET not in url

    home(browser, provider.agree(url, "dana"))

    [exchange] = provider.exchanges
    hashed = hashlib.sha256(exchange["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(hashed).decode().rstrip("=")
    assert exchange["grant_type"] == "authorization_code"
    assert exchange["redirect_uri"] == asked["redirect_uri"]
    assert "client_secret" not in exchange  # it goes in the header


def test_a_provider_that_wants_our_secret_in_the_body_gets_it_there(
    browser: TestClient, provider: RunningProvider
) -> None:
    about = httpx.get(f"{provider.issuer}/.well-known/openid-configuration").json()
    about["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    provider.answers["/.well-known/openid-configuration"] = ("200 OK", json.dumps(about))
    assert entered(browser, provider) == "/bookings"
    assert provider.exchanges[0]["client_secret"] == SECRET


def test_every_sign_in_has_a_state_a_nonce_and_a_verifier_of_its_own(
    browser: TestClient, provider: RunningProvider
) -> None:
    assert provider
    one, other = query(begun(browser)), query(begun(browser))
    for part in ("state", "nonce", "code_challenge"):
        assert one[part] != other[part]


def test_the_same_person_comes_back_to_the_same_account_whatever_their_address_is(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    entered(browser, provider)
    first = me(browser)
    assert first is not None
    browser.cookies.clear()
    provider.knows("dana", email="kim@example.com", email_verified=False)
    assert entered(browser, provider) == "/bookings"
    again = me(browser)
    assert again is not None
    assert again["id"] == first["id"]
    assert len(session.exec(select(User)).all()) == 1


def test_an_account_whose_address_both_sides_verified_is_joined_and_its_owner_told(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    dana = make.dana(session)
    session.commit()
    assert entered(browser, provider) == "/bookings"
    said = me(browser)
    assert said is not None
    assert said["id"] == str(dana.id)
    assert said["name"] == "Dana"
    assert letters(session) == ["A new way to sign in"]
    letter = session.exec(select(Email)).one()
    assert letter.to_address == dana.email
    assert "signed in to with Corner" in letter.text
    linked = col(AuditEntry.action) == "identity_linked"
    entry = session.exec(select(AuditEntry).where(linked)).one()
    assert entry.subject_id == dana.id
    assert entry.after == {"provider": "corner"}


@pytest.mark.parametrize("said", [False, None, "false", 1, "True", "yes"])
def test_an_address_that_the_provider_does_not_vouch_for_opens_and_makes_nothing(
    browser: TestClient, provider: RunningProvider, session: Session, said: object
) -> None:
    owen = make.owen(session)
    session.commit()
    for email in (owen.email, "new@example.com"):
        claims: Claims = {"email": email, "name": "Sam"}
        provider.knows("sam", **(claims if said is None else claims | {"email_verified": said}))
        assert refused(entered(browser, provider, "sam")) == "openid_email_unconfirmed"
        assert me(browser) is None
    assert session.exec(select(User)).all() == [owen]
    assert session.exec(select(UserIdentity)).all() == []


def test_no_address_at_all_makes_no_account(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    for claims in ({}, {"email_verified": True}, {"email": "no address", "email_verified": True}):
        provider.knows("sam", **claims)
        assert refused(entered(browser, provider, "sam")) == "openid_email_unconfirmed"
    assert session.exec(select(User)).all() == []


def test_what_the_id_token_leaves_out_is_asked_for_with_the_access_token(
    browser: TestClient, provider: RunningProvider
) -> None:
    left_out = ("email", "email_verified", "name")
    provider.alter = lambda claims: {
        name: said for name, said in claims.items() if name not in left_out
    }
    assert entered(browser, provider) == "/bookings"
    said = me(browser)
    assert said is not None
    assert (said["email"], said["name"]) == ("dana@example.com", "Dana Kim")
    assert ("GET", "/userinfo") in provider.asked

    stranger = {"sub": "sam", "email": "sam@example.com", "email_verified": True}
    provider.answers["/userinfo"] = ("200 OK", json.dumps(stranger))
    browser.cookies.clear()
    assert refused(entered(browser, provider)) == "openid_not_believed"


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("  Dana \r\n Kim\0 ", "Dana Kim"),
        ("", "dana"),
        (None, "dana"),
        (7, "dana"),
        ("D" * 300, "D" * 80),
        ("<b>Dana</b>", "<b>Dana</b>"),
    ],
)
def test_whatever_the_provider_calls_somebody_is_made_a_name(
    browser: TestClient, provider: RunningProvider, called: object, name: str
) -> None:
    provider.alter = lambda claims: claims | {"name": called}
    assert entered(browser, provider) == "/bookings"
    said = me(browser)
    assert said is not None
    assert said["name"] == name


class TestPreHijacking:
    """Sam signs up with Dana's address before she does, and waits."""

    @pytest.fixture
    def planted(self, session: Session) -> User:
        planted = register(
            session, email="dana@example.com", name="Dana", password=PASSWORD, now=NOW
        )
        session.commit()
        return planted

    def test_dana_does_not_get_to_share_sams_account(
        self, browser: TestClient, provider: RunningProvider, session: Session, planted: User
    ) -> None:
        location = entered(browser, provider)
        assert refused(location) == "openid_account_unconfirmed"
        assert "Choose a new password for it by e-mail" in sentence(query(location)["problem"])
        assert me(browser) is None
        assert session.exec(select(UserIdentity)).all() == []
        session.refresh(planted)
        assert planted.email_verified_at is None

    def test_once_she_has_proven_the_address_and_chosen_a_password_she_is_let_in(
        self, browser: TestClient, provider: RunningProvider, session: Session, planted: User
    ) -> None:
        # What a password reset leaves behind.
        planted.password_hash = hash_password("four unrelated words grow")
        planted.email_verified_at = NOW
        session.add(planted)
        session.commit()
        assert entered(browser, provider) == "/bookings"
        said = me(browser)
        assert said is not None
        assert said["id"] == str(planted.id)

    def test_sam_cannot_prepare_a_second_factor_for_an_address_that_is_not_his(
        self, browser: TestClient, planted: User, as_: As
    ) -> None:
        answer = browser.post(
            "/api/v1/auth/2fa/setup", json={"password": PASSWORD}, headers=as_(planted)
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "email_unverified")


def test_one_subject_of_two_providers_is_two_people(
    browser: TestClient,
    provider: RunningProvider,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entered(browser, provider)
    dana = me(browser)
    with running_provider() as other:
        # The operator gives the old name to another provider.
        monkeypatch.setenv("PARKPLACE_OIDC", configured(other.issuer))
        forget_settings()
        other.knows("dana", email="sam@example.com", email_verified=True, name="Sam")
        browser.cookies.clear()
        assert entered(browser, other) == "/bookings"
    sam = me(browser)
    assert dana is not None
    assert sam is not None
    assert sam["id"] != dana["id"]
    assert len(session.exec(select(UserIdentity)).all()) == 2


class TestAnswersFromElsewhere:
    """Nothing that was not begun in this browser, a moment ago, signs anybody in."""

    def test_an_answer_in_another_browser_is_refused(
        self, browser: TestClient, provider: RunningProvider, session: Session
    ) -> None:
        sams = provider.agree(begun(browser), "dana")
        with program() as danas:
            danas.follow_redirects = False
            assert refused(home(danas, sams)) == "openid_not_begun_here"
            begun(danas)  # also when she has begun a sign-in of her own
            assert refused(home(danas, sams)) == "openid_not_begun_here"
            assert me(danas) is None
        assert session.exec(select(UserSession)).all() == []
        assert provider.exchanges == []

    @pytest.mark.parametrize("state", ["", "x", "é", "a" * 43])
    def test_a_wrong_state_is_refused(
        self, browser: TestClient, provider: RunningProvider, state: str
    ) -> None:
        back = changed(provider.agree(begun(browser), "dana"), state=state)
        assert refused(home(browser, back)) == "openid_not_begun_here"
        assert provider.exchanges == []

    def test_a_wrong_nonce_is_refused(self, browser: TestClient, provider: RunningProvider) -> None:
        url = changed(begun(browser), nonce="of another sign-in")
        assert refused(home(browser, provider.agree(url, "dana"))) == "openid_not_believed"
        assert me(browser) is None

    def test_a_token_without_a_nonce_is_refused(
        self, browser: TestClient, provider: RunningProvider
    ) -> None:
        provider.alter = lambda claims: {
            name: said for name, said in claims.items() if name != "nonce"
        }
        assert refused(entered(browser, provider)) == "openid_not_believed"

    def test_a_replayed_answer_is_refused(
        self, browser: TestClient, provider: RunningProvider, session: Session
    ) -> None:
        back = provider.agree(begun(browser), "dana")
        kept = dict(browser.cookies)
        assert home(browser, back) == "/bookings"
        browser.cookies.clear()
        assert refused(home(browser, back)) == "openid_not_begun_here"
        for name, value in kept.items():  # even with the cookie that we took away
            browser.cookies.set(name, value)
        assert refused(home(browser, back)) == "openid_not_believed"
        assert me(browser) is None
        assert len(session.exec(select(UserSession)).all()) == 1

    def test_a_flow_lasts_ten_minutes(self, browser: TestClient, provider: RunningProvider) -> None:
        back = provider.agree(begun(browser), "dana")
        at(datetime.now(UTC) + flow.LASTS + timedelta(seconds=1))
        assert refused(home(browser, back)) == "openid_not_begun_here"

    def test_a_changed_cookie_is_no_flow(
        self, browser: TestClient, provider: RunningProvider
    ) -> None:
        back = provider.agree(begun(browser), "dana")
        name = flow.flow_cookie()
        sealed = browser.cookies[name]
        for forged in (sealed[:-2] + "AA", "", "x", flow.keep(_person(), now=clock.utc_now())):
            browser.cookies.clear()
            browser.cookies.set(name, forged)
            assert refused(home(browser, back)) == "openid_not_begun_here"

    def test_another_providers_callback_does_not_take_the_answer(
        self,
        browser: TestClient,
        provider: RunningProvider,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        other = json.loads(configured(provider.issuer))["corner"]
        monkeypatch.setenv("PARKPLACE_OIDC", configured(provider.issuer, other=other))
        forget_settings()
        back = provider.agree(begun(browser), "dana")
        mixed = back.replace("/corner/", "/other/")
        assert refused(home(browser, mixed)) == "openid_not_begun_here"

    def test_an_answer_that_names_another_issuer_is_refused(
        self, browser: TestClient, provider: RunningProvider
    ) -> None:
        back = provider.agree(begun(browser), "dana")
        wrong = changed(back, iss="https://evil.example")
        assert refused(home(browser, wrong)) == "openid_not_believed"
        back = provider.agree(begun(browser), "dana")
        assert home(browser, changed(back, iss=provider.issuer)) == "/bookings"


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-client"},
        {"aud": ["another-client", "park-place"], "azp": "another-client"},
        {"aud": "another-client", "azp": "park-place"},
        {"aud": []},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": 2**40},
        {"nbf": 2**40},
        {"sub": ""},
        {"sub": 7},
        {"sub": None},
        {"sub": "s" * 256},
        {"sub": "dana\0"},
        {"at_hash": "of another access token"},
    ],
    ids=str,
)
def test_an_id_token_with_a_wrong_claim_is_refused(
    browser: TestClient, provider: RunningProvider, session: Session, change: Claims
) -> None:
    provider.alter = lambda claims: {
        name: said for name, said in (claims | change).items() if said is not None
    }
    assert refused(entered(browser, provider)) == "openid_not_believed"
    assert me(browser) is None
    assert session.exec(select(User)).all() == []


def _unsigned(claims: Claims) -> str:
    parts = ({"alg": "none"}, claims)
    text = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*text, b""]).decode()


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key()),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)),
        _unsigned,
        lambda _: "no.token.atall",
        lambda _: "é",
        lambda _: "",
    ],
    ids=["another key", "our own secret", "not signed", "nonsense", "no ASCII", "empty"],
)
def test_an_id_token_that_the_provider_did_not_sign_is_refused(
    browser: TestClient, provider: RunningProvider, sign: Callable[[Claims], str]
) -> None:
    provider.sign = sign
    assert refused(entered(browser, provider)) == "openid_not_believed"
    assert me(browser) is None


def test_the_clock_that_counts_is_ours(browser: TestClient, provider: RunningProvider) -> None:
    back = provider.agree(begun(browser), "dana")
    provider.alter = lambda claims: claims | {"exp": claims["iat"] + 240}
    at(datetime.now(UTC) + timedelta(minutes=6))
    assert refused(home(browser, back)) == "openid_not_believed"


def test_keys_are_kept_and_asked_for_again_when_the_provider_changes_them(
    browser: TestClient, provider: RunningProvider
) -> None:
    def asked(path: str) -> int:
        return provider.asked.count(("GET", path))

    for _ in range(2):
        assert entered(browser, provider) == "/bookings"
    assert asked("/jwks") == asked("/.well-known/openid-configuration") == 1

    old = provider.rotate()
    assert entered(browser, provider) == "/bookings"
    assert asked("/jwks") == 2

    provider.sign = lambda claims: jwt.encode({"alg": "RS256"}, claims, old)
    assert refused(entered(browser, provider)) == "openid_not_believed"
    named = {"alg": "RS256", "kid": old.thumbprint()}
    provider.sign = lambda claims: jwt.encode(named, claims, old)
    assert refused(entered(browser, provider)) == "openid_not_believed"

    provider.sign = None
    at(datetime.now(UTC) + timedelta(minutes=50))
    asked_before = asked("/.well-known/openid-configuration")
    begun(browser)
    assert asked("/.well-known/openid-configuration") == asked_before
    at(datetime.now(UTC) + openid.KEPT_FOR)
    begun(browser)
    assert asked("/.well-known/openid-configuration") == asked_before + 1


def test_who_says_no_there_reads_a_kind_sentence(
    browser: TestClient, provider: RunningProvider
) -> None:
    location = home(browser, provider.deny(begun(browser, "/spaces/add")))
    assert refused(location) == "openid_cancelled"
    assert query(location)["then"] == "/spaces/add"


@pytest.mark.parametrize("error", ["server_error", "<script>", ""])
def test_any_other_error_and_no_answer_at_all_are_not_believed(
    browser: TestClient, provider: RunningProvider, error: str
) -> None:
    assert provider
    state = query(begun(browser))["state"]
    back = changed(f"http://localhost:8000{CALLBACK}", state=state, error=error)
    location = home(browser, back)
    assert refused(location) == "openid_not_believed"
    assert error not in location or not error


NONSENSE = [
    ("500 Internal Server Error", "{}"),
    ("404 Not Found", ""),
    ("302 Found", ""),
    ("200 OK", "<html>"),
    ("200 OK", ""),
    ("200 OK", "[]"),
    ("200 OK", "{}"),
    ("200 OK", "null"),
    ("200 OK", '{"keys": 7, "id_token": 7, "issuer": 7}'),
    ("200 OK", '{"keys": [{"kty": "RSA"}], "id_token": "a.b.c"}'),
    ("200 OK", '{"keys": [7], "error": "invalid_grant"}'),
    ("200 OK", "[" * 100_000),
]


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/jwks", "/oauth2/token"]
)  # fmt: skip
@pytest.mark.parametrize(("status", "said"), NONSENSE, ids=lambda value: value[:20])
def test_a_provider_that_speaks_nonsense_leads_back_to_the_sign_in_page(
    browser: TestClient, provider: RunningProvider, path: str, status: str, said: str
) -> None:
    provider.answers[path] = (status, said)
    location = begun(browser)
    if location.startswith(provider.issuer):
        location = home(browser, provider.agree(location, "dana"))
    assert refused(location) in {"openid_silent", "openid_not_believed"}
    assert query(location)["then"] == "/bookings"
    assert me(browser) is None


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "ftp://evil.example"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_is_what_the_operator_says_it_is(
    browser: TestClient, provider: RunningProvider, change: Claims
) -> None:
    about = httpx.get(f"{provider.issuer}/.well-known/openid-configuration").json()
    said = json.dumps(about | change)
    provider.answers["/.well-known/openid-configuration"] = ("200 OK", said)
    assert refused(begun(browser)) == "openid_not_believed"


def test_a_provider_that_is_down_leads_back_to_the_sign_in_page(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARKPLACE_OIDC", configured("http://127.0.0.1:1"))
    forget_settings()
    assert refused(begun(browser)) == "openid_silent"


def test_a_provider_that_keeps_silent_is_given_up_and_holds_nobody_else_up(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session
    done: list[str] = []

    async def go(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(the_api(), client=("2001:db8::7", 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8000", timeout=60
        ) as browser:
            answer = await browser.get(path)
        done.append(path)
        return answer

    async def both() -> httpx.Response:
        signing_in = asyncio.create_task(go(LOGIN))
        asked, _ = await asyncio.to_thread(silent.accept)
        with asked:
            await go("/healthz")
            return await signing_in

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("PARKPLACE_OIDC", configured(f"http://127.0.0.1:{port}"))
        forget_settings()
        began = datetime.now(UTC)
        answer = asyncio.run(both())
    assert refused(answer.headers["location"]) == "openid_silent"
    assert done == ["/healthz", LOGIN]
    assert datetime.now(UTC) - began < timedelta(seconds=openid.READ_TIMEOUT_S + 5)


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "/a\r\nX: y",
        "javascript:alert(1)",
        "",
    ],
)
def test_it_goes_on_to_our_own_pages_only(
    browser: TestClient, provider: RunningProvider, then: str
) -> None:
    assert home(browser, provider.agree(begun(browser, then), "dana")) == "/"
    assert query(home(browser, provider.deny(begun(browser, then))))["then"] == "/"


def test_whom_an_admin_keeps_out_stays_out(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    dana = make.dana(session)
    dana.suspended_at = NOW
    session.commit()
    assert refused(entered(browser, provider)) == "account_suspended"
    assert session.exec(select(UserIdentity)).all() == []
    dana.suspended_at = None
    session.add(dana)
    session.commit()
    assert entered(browser, provider) == "/bookings"
    browser.cookies.clear()
    dana.suspended_at = NOW
    session.add(dana)
    session.commit()
    assert refused(entered(browser, provider)) == "account_suspended"
    assert me(browser) is None


def test_the_second_factor_is_asked_for_before_anything_is_joined(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    dana = make.dana(session)
    dana.two_factor_at = NOW
    session.commit()
    location = entered(browser, provider)
    assert location.startswith("/sign-in?")
    assert query(location) == {"then": "/bookings", "step": "code"}
    assert me(browser) is None
    assert session.exec(select(UserSession)).all() == []
    assert session.exec(select(UserIdentity)).all() == []
    assert letters(session) == []
    person = flow.kept(browser.cookies[flow.person_cookie()], now=clock.utc_now())
    assert (person.subject, person.email) == ("dana", "Dana@Example.com")


def test_a_planted_session_is_not_adopted(
    browser: TestClient, provider: RunningProvider, session: Session
) -> None:
    sam = make.sam(session)
    _, planted = sessions.open_session(session, user=sam, origin=HERE, now=clock.utc_now())
    session.commit()
    browser.cookies.set("parkplace", planted)
    back = provider.agree(begun(browser), "dana")
    answer = browser.get(back)
    assert planted not in str(answer.headers.get_list("set-cookie"))
    browser.cookies.clear()
    browser.cookies.set("parkplace", planted)
    said = me(browser)
    assert said is not None
    assert said["name"] == "Sam"  # his own, and not Dana's


def test_the_cookies_are_read_by_no_script_and_bound_to_the_host(
    browser: TestClient, provider: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert provider
    cookie = browser.get(LOGIN).headers["set-cookie"]
    for flag in ("parkplace-openid=", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert flag in cookie
    sealed = cookie.partition("=")[2].partition(";")[0]
    assert "verifier" not in base64.urlsafe_b64decode(sealed + "===").decode(errors="replace")
    monkeypatch.setenv("PARKPLACE_PUBLIC_URL", "https://park.example")
    forget_settings()
    cookie = browser.get(LOGIN).headers["set-cookie"]
    assert cookie.startswith("__Host-parkplace-openid=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_there_is_no_such_provider(browser: TestClient) -> None:
    for path in (LOGIN, CALLBACK, LOGIN.replace("corner", "%2e%2e")):
        answer = browser.get(path)
        assert answer.status_code == 404
    assert browser.get(LOGIN).json()["code"] == "provider_unknown"


def test_a_browser_that_runs_wild_is_slowed_down(
    browser: TestClient, provider: RunningProvider
) -> None:
    assert provider
    for _ in range(OPENID.amount):
        begun(browser)
    assert refused(begun(browser)) == "too_many_attempts"
    assert refused(home(browser, CALLBACK)) == "too_many_attempts"


def test_no_secret_is_logged(
    browser: TestClient, provider: RunningProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    back = provider.agree(begun(browser), "dana")
    home(browser, back)
    refused(home(browser, back))
    provider.alter = lambda claims: claims | {"aud": "another-client"}
    assert refused(entered(browser, provider)) == "openid_not_believed"
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("parkplace")
    )
    assert "corner is not believed" in ours
    for secret in (SECRET, query(back)["code"], "dana@example.com"):
        assert secret.lower() not in ours.lower()


class TestIdentities:
    """The providers through which one signs in, on one's account."""

    def test_one_sees_ones_own_and_nobody_elses(
        self, browser: TestClient, provider: RunningProvider, session: Session, as_: As
    ) -> None:
        entered(browser, provider)
        found = browser.get("/api/v1/auth/identities").json()
        assert found["next_cursor"] is None
        [identity] = found["items"]
        assert (identity["provider"], identity["label"]) == ("corner", "Corner")
        assert set(identity) == {"id", "provider", "label", "created_at", "last_used_at"}
        browser.cookies.clear()
        sams = as_(make.sam(session))
        assert browser.get("/api/v1/auth/identities", headers=sams).json()["items"] == []
        gone = browser.delete(f"/api/v1/auth/identities/{identity['id']}", headers=sams)
        assert (gone.status_code, gone.json()["code"]) == (404, "identity_not_found")
        assert browser.get("/api/v1/auth/identities").status_code == 401

    def test_the_only_way_in_stays(
        self, browser: TestClient, provider: RunningProvider, session: Session, as_: As
    ) -> None:
        entered(browser, provider)
        browser.cookies.clear()
        dana = session.exec(select(User)).one()
        mine = as_(dana)
        [identity] = browser.get("/api/v1/auth/identities", headers=mine).json()["items"]
        path = f"/api/v1/auth/identities/{identity['id']}"
        # A provider that is no longer configured is no way in either.
        session.add(
            UserIdentity(
                user_id=dana.id,
                provider="gone",
                issuer="https://gone.example",
                subject="dana",
                created_at=NOW,
                last_used_at=NOW,
            )
        )
        session.commit()
        answer = browser.delete(path, headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (409, "only_way_in")
        dana.password_hash = hash_password(PASSWORD)
        session.add(dana)
        session.commit()
        assert browser.delete(path, headers=mine).status_code == 204
        assert browser.delete(path, headers=mine).status_code == 404
        assert letters(session)[-1] == "One way less to sign in"
        nowhere = f"/api/v1/auth/identities/{new_id()}"
        assert browser.delete(nowhere, headers=mine).status_code == 404


def _person() -> openid.Person:
    return openid.Person("corner", "https://corner.example", "dana", "dana@example.com", "Dana")
