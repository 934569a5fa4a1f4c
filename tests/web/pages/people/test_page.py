from parkplace.accounts.passwords import MOST
from parkplace.accounts.strength import LEAST
from parkplace.web.pages.people import components, page


def test_password_managers_know_what_to_fill_in() -> None:
    signing_in, signing_up = str(page.sign_in().render()), str(page.sign_up().render())

    assert 'autoComplete:"current-password"' in signing_in
    assert 'autoComplete:"new-password"' in signing_up
    for rendered in (signing_in, signing_up):
        assert 'autoComplete:"username"' in rendered


def test_the_password_rule_says_what_is_checked() -> None:
    assert components.RULE.startswith(f"{LEAST} to {MOST} characters")
