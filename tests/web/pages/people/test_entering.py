import pytest
from sqlmodel import Session, select

from parkplace.accounts import sessions
from parkplace.accounts.origin import Origin
from parkplace.accounts.passwords import hash_password
from parkplace.accounts.service import EmailTaken, WrongCredentials
from parkplace.accounts.strength import WeakPassword
from parkplace.core.limits import REGISTER, SIGN_IN_PAIR, TooMany
from parkplace.notifications.models import Email
from parkplace.web.pages.people.entering import (
    Typed,
    goal_of,
    signed_in_code,
    signed_up_code,
    typed,
)
from parkplace.web.pages.people.state import SignInState
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.visiting import at

PASSWORD = "four unrelated words grow"


@pytest.mark.parametrize(
    ("address", "goal"),
    [
        ("/sign-in", "/"),
        ("/sign-in?then=/spaces/add", "/spaces/add"),
        ("/sign-in?then=%2Fspaces%2F1%3Ffrom%3D2026-11-21", "/spaces/1?from=2026-11-21"),
        ("/sign-in?then=//evil.example", "/"),
        ("/sign-in?then=https://evil.example/", "/"),
        ("/sign-in?then=/%5Cevil.example", "/"),
        ("/sign-in?then=javascript:alert(1)", "/"),
        ("/sign-in?then=/sign-in", "/"),
        ("/sign-in?then=/sign-up?then=/host", "/"),
    ],
)  # fmt: skip
def test_people_go_on_to_a_page_of_ours_and_nowhere_else(address: str, goal: str) -> None:
    assert goal_of(at(SignInState(), address)) == goal


def test_a_form_may_carry_anything() -> None:
    assert typed({}) == Typed(email="", password="", name="")
    assert typed({"email": 7, "password": ["x"]}) == Typed(email="7", password="['x']")


def test_neither_password_nor_code_is_printed() -> None:
    printed = repr(Typed(email="dana@example.com", password=PASSWORD, code="123456"))
    assert PASSWORD not in printed
    assert "123456" not in printed


def test_the_right_password_gives_a_code_for_a_session(session: Session) -> None:
    dana = make.dana(session)
    dana.password_hash = hash_password(PASSWORD)
    session.commit()

    code = signed_in_code(
        Typed("Dana@Example.com", PASSWORD), origin=Origin(address="right"), now=NOW
    )

    assert sessions.redeem_code(session, code=code, now=NOW).id == dana.id


def test_a_wrong_password_and_an_unknown_address_are_told_alike(session: Session) -> None:
    dana = make.dana(session)
    dana.password_hash = hash_password(PASSWORD)
    session.commit()

    with pytest.raises(WrongCredentials) as wrong:
        signed_in_code(Typed("dana@example.com", "guess"), origin=Origin(address="a"), now=NOW)
    with pytest.raises(WrongCredentials) as unknown:
        signed_in_code(Typed("nobody@example.com", "guess"), origin=Origin(address="b"), now=NOW)

    assert wrong.value.message == unknown.value.message
    assert wrong.value.field is unknown.value.field is None


def test_a_guesser_is_slowed_down(session: Session) -> None:
    make.dana(session)
    session.commit()
    guess = Typed("dana@example.com", "guess")

    for _ in range(SIGN_IN_PAIR.amount):
        with pytest.raises(WrongCredentials):
            signed_in_code(guess, origin=Origin(address="guesser"), now=NOW)
    with pytest.raises(TooMany):
        signed_in_code(guess, origin=Origin(address="guesser"), now=NOW)


def test_signing_up_makes_an_account_a_welcome_and_a_code(session: Session) -> None:
    code = signed_up_code(Typed("New@Example.com", PASSWORD, "Dana Kim"), address="fresh", now=NOW)

    user = sessions.redeem_code(session, code=code, now=NOW)
    assert (user.email, user.name) == ("new@example.com", "Dana Kim")
    [welcome] = session.exec(select(Email))
    assert welcome.to_address == "new@example.com"


def test_a_refused_sign_up_leaves_nothing(session: Session) -> None:
    make.dana(session)
    session.commit()

    with pytest.raises(WeakPassword):
        signed_up_code(Typed("new@example.com", "password12", "New"), address="c", now=NOW)
    with pytest.raises(EmailTaken):
        signed_up_code(Typed("dana@example.com", PASSWORD, "Dana"), address="c", now=NOW)

    assert not session.exec(select(Email)).all()


def test_one_network_makes_only_so_many_accounts(session: Session) -> None:
    assert session
    for _ in range(REGISTER.amount):
        with pytest.raises(WeakPassword):
            signed_up_code(Typed("new@example.com", "short", "New"), address="mill", now=NOW)
    with pytest.raises(TooMany):
        signed_up_code(Typed("new@example.com", PASSWORD, "New"), address="mill", now=NOW)
