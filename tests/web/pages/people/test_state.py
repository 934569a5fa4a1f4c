import asyncio

from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.accounts.passwords import hash_password
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
