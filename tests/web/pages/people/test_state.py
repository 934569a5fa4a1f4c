import asyncio
import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User, UserIdentity
from parkplace.accounts.one_time_codes import code_at, step_at
from parkplace.accounts.openid import flow
from parkplace.accounts.openid.client import Person
from parkplace.accounts.origin import HERE
from parkplace.accounts.passwords import hash_password
from parkplace.accounts.second_factor import set_up, switch_on
from parkplace.core import clock
from parkplace.core.settings import get_settings
from parkplace.web.pages.people.entering import Way
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import SignInState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie

PASSWORD = "four unrelated words grow"


def test_a_stranger_is_asked_who_they_are(session: Session) -> None:
    assert session
    state = at(SignInState(), "/sign-in?then=/spaces/add")

    asyncio.run(state.load())

    assert (state.stage, state.goal) == ("asking", "/spaces/add")
    assert state.sign_up == "/sign-up?then=%2Fspaces%2Fadd"


def test_who_is_signed_in_already_is_told_so(session: Session) -> None:
    signed_in = cookie(session, make.dana(session))
    for state in (SignInState(), SignUpState()):
        at(state, "/sign-in?then=/bookings", cookie=signed_in)

        asyncio.run(state.load())

        assert (state.stage, state.name, state.goal) == ("known", "Dana", "/bookings")


def test_signing_in_leaves_for_the_cookie_and_keeps_no_password(session: Session) -> None:
    dana = make.dana(session)
    dana.password_hash = hash_password(PASSWORD)
    session.commit()
    state = at(SignInState(), "/sign-in?then=/spaces/add")

    [leaving] = asyncio.run(
        all_of(state.submit({"email": "dana@example.com", "password": PASSWORD}))
    )

    assert leaving.startswith("leave /auth/session?code=")
    assert "then=%2Fspaces%2Fadd" in leaving
    assert not state.pending
    assert PASSWORD not in str(state.dict()) + str(vars(state))


def test_a_wrong_password_is_said_above_the_button(session: Session) -> None:
    assert session
    state = at(SignInState(), "/sign-in")

    [focus] = asyncio.run(all_of(state.submit({"email": "nobody@example.com", "password": "x"})))

    assert state.error.startswith("E-mail or password is wrong.")
    assert "field-password" in focus
    assert not state.pending


@pytest.fixture
def secret(session: Session) -> str:
    """The secret of Dana's app, whose codes are asked for besides her password."""
    dana = make.dana(session)
    dana.password_hash = hash_password(PASSWORD)
    now = clock.utc_now() - timedelta(hours=1)
    setup = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=now)
    code = code_at(setup.secret, step_at(now))
    switch_on(session, user=dana, code=code, origin=HERE, now=now)
    session.commit()
    return setup.secret


def test_a_code_is_asked_for_after_the_right_password_and_nothing_typed_is_kept(
    session: Session, secret: str
) -> None:
    assert session
    state = at(SignInState(), "/sign-in?then=/spaces/add")
    form = {"email": "dana@example.com", "password": "wrong"}

    asyncio.run(all_of(state.submit(form)))
    assert not state.needs_code

    asked = asyncio.run(all_of(state.submit(form | {"password": PASSWORD})))
    assert (state.needs_code, state.error, state.code_error, state.pending) == (True, "", "", False)
    assert asked == []

    [focus] = asyncio.run(all_of(state.submit(form | {"password": PASSWORD, "code": "000000"})))
    assert "field-code" in focus
    assert state.code_error.startswith("This code is wrong")
    assert state.needs_code

    code = code_at(secret, step_at(clock.utc_now()))
    typed = form | {"password": PASSWORD, "code": code}
    [leaving] = asyncio.run(all_of(state.submit(typed)))
    assert "/auth/session?code=" in leaving
    assert "then=%2Fspaces%2Fadd" in leaving
    assert (state.code_error, state.pending) == ("", False)
    for hidden in (PASSWORD, code, secret):
        assert hidden not in str(state.dict()) + str(vars(state))


class TestProviders:
    """Ways in through providers, and who comes back from one."""

    @pytest.fixture(autouse=True)
    def corner(self, monkeypatch: pytest.MonkeyPatch) -> None:
        way = {
            "issuer": "https://corner.example",
            "client_id": "park-place",
            "client_secret": "hidden",
            "label": "Corner",
        }
        monkeypatch.setenv("PARKPLACE_OIDC", json.dumps({"corner": way}))
        get_settings.cache_clear()

    def back(self, address: str = "/sign-in?then=/host&step=code") -> SignInState:
        person = Person("corner", "https://corner.example", "dana", "dana@example.com", "Dana")
        sealed = flow.keep(person, now=clock.utc_now())
        state = at(SignInState(), address, cookie=f"{flow.person_cookie()}={sealed}")
        asyncio.run(state.load())
        return state

    def test_both_pages_offer_them_and_lead_on_to_the_same_place(self, session: Session) -> None:
        assert session
        for state in (SignInState(), SignUpState()):
            at(state, "/sign-in?then=/spaces/add%3Fx%3D1")
            asyncio.run(state.load())
            assert state.ways == [
                Way(
                    "Continue with Corner",
                    "/api/v1/auth/oidc/corner/login?then=%2Fspaces%2Fadd%3Fx%3D1",
                )
            ]
            assert "hidden" not in str(state.dict())

    @pytest.mark.parametrize(
        ("problem", "said"),
        [
            ("openid_cancelled", "You did not finish"),
            ("openid_silent", "That site does not answer"),
            ("account_suspended", "This account is suspended"),
            ("You have won, call 555", ""),
            ("", ""),
        ],
    )
    def test_what_went_wrong_there_is_said_in_our_words(
        self, session: Session, problem: str, said: str
    ) -> None:
        assert session
        state = at(SignInState(), f"/sign-in?then=/host&problem={quote(problem)}")
        asyncio.run(state.load())
        assert state.stage == "asking"
        assert state.error.startswith(said)
        assert bool(state.error) == bool(said)

    def test_who_is_back_and_owes_a_code_is_asked_for_it(
        self, session: Session, secret: str
    ) -> None:
        state = self.back()
        assert (state.stage, state.through, state.error) == ("proving", "Corner", "")
        assert state.another == "/sign-in?then=%2Fhost"

        [focus] = asyncio.run(all_of(state.prove({"code": "000000"})))
        assert "field-code" in focus
        assert state.code_error.startswith("This code is wrong")
        [focus] = asyncio.run(all_of(state.prove({})))
        assert state.code_error.startswith("Type the code")
        assert session.exec(select(UserIdentity)).all() == []

        code = code_at(secret, step_at(clock.utc_now()))
        [leaving] = asyncio.run(all_of(state.prove({"code": code})))
        assert "/auth/session?code=" in leaving
        assert "then=%2Fhost" in leaving
        assert session.exec(select(UserIdentity.subject)).all() == ["dana"]
        assert code not in str(state.dict()) + str(vars(state))

    def test_a_step_that_nobody_began_is_not_asked_for(self, session: Session) -> None:
        assert session
        for sent in ("", f"{flow.person_cookie()}=nonsense"):
            state = at(SignInState(), "/sign-in?step=code", cookie=sent)
            asyncio.run(state.load())
            assert state.stage == "asking"
            assert state.error.startswith("This sign-in took too long")
            asyncio.run(all_of(state.prove({"code": "123456"})))
            assert state.stage == "asking"

    def test_another_way_is_the_page_without_the_step(self, session: Session) -> None:
        assert session
        state = self.back("/sign-in?then=/host")
        assert (state.stage, state.error) == ("asking", "")


def test_signing_up_leaves_for_the_cookie(session: Session) -> None:
    state = at(SignUpState(), "/sign-up?then=/host")
    form = {"name": "<b>Dana</b>", "email": "dana@example.com", "password": PASSWORD}

    [leaving] = asyncio.run(all_of(state.submit(form)))

    assert "then=%2Fhost" in leaving
    assert session.exec(select(User)).one().name == "<b>Dana</b>"
    # Pressed again while the browser is on its way: there is nothing more to do.
    assert asyncio.run(all_of(state.submit(form))) == []
    assert not state.errors


def test_what_is_wrong_with_a_sign_up_stands_at_its_field(session: Session) -> None:
    make.dana(session)
    session.commit()
    state = at(SignUpState(), "/sign-up")
    form = {"name": "Dana", "email": "dana@example.com", "password": PASSWORD}

    asyncio.run(all_of(state.submit({**form, "email": "dana"})))
    assert list(state.errors) == ["email"]
    assert not state.taken

    [focus] = asyncio.run(all_of(state.submit({**form, "password": "password12"})))
    assert list(state.errors) == ["password"]
    assert "field-password" in focus

    asyncio.run(all_of(state.submit(form)))
    assert list(state.errors) == ["email"]
    assert state.taken
    assert not state.pending
