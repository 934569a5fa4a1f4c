import asyncio

from sqlmodel import Session

from parkplace.accounts.passwords import MOST
from parkplace.accounts.strength import LEAST
from parkplace.web.pages.people import page
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import SignInState
from parkplace.web.words import PASSWORD_RULE
from tests.web.pages.visiting import at


def test_password_managers_know_what_to_fill_in() -> None:
    signing_in, signing_up = str(page.sign_in().render()), str(page.sign_up().render())

    assert 'autoComplete:"current-password"' in signing_in
    assert 'autoComplete:"new-password"' in signing_up
    for rendered in (signing_in, signing_up):
        assert 'autoComplete:"username"' in rendered


def test_the_code_comes_from_the_phones_keyboard_of_digits_or_by_itself() -> None:
    rendered = str(page.sign_in().render())

    assert rendered.count('autoComplete:"one-time-code"') == 2  # with the password, and without
    assert rendered.count('inputMode:"numeric"') == 2


def test_without_a_provider_no_other_way_is_offered(session: Session) -> None:
    assert session
    for state in (SignInState(), SignUpState()):
        asyncio.run(at(state, "/sign-in").load())
        assert state.ways == []


def test_the_password_rule_says_what_is_checked() -> None:
    assert PASSWORD_RULE.startswith(f"{LEAST} to {MOST} characters")
