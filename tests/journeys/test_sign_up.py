"""Somebody makes an account, leaves, and comes back."""

from playwright.sync_api import Page, expect

from tests.journeys import steps

WRONG = "E-mail or password is wrong. Check both and try again."


def menu(page: Page, name: str) -> None:
    """Open the account menu, which names who is signed in."""
    page.get_by_role("button", name=name, exact=True).click()


def test_sign_up_and_out_and_in_again(page: Page) -> None:
    email = f"dana-{steps.width(page)}@example.com"
    page.goto("/sign-up")
    page.get_by_label("Name").fill("Dana Moss")
    page.get_by_label("E-mail").fill(email)
    password = page.get_by_label("Password", exact=True)
    password.fill("parkplace1")
    page.get_by_role("button", name="Make an account").click()
    expect(page.locator("#error-password")).to_contain_text("This password is easy to guess.")
    expect(password).to_be_focused()
    expect(password).to_have_attribute("aria-invalid", "true")
    assert not page.context.cookies()

    password.fill(steps.PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    menu(page, "Menu of Dana Moss")
    (cookie,) = page.context.cookies()
    assert cookie.get("httpOnly")
    assert cookie.get("sameSite") == "Lax"
    assert page.evaluate("document.cookie") == ""
    page.reload()
    menu(page, "Menu of Dana Moss")
    page.get_by_role("button", name="Sign out").click()

    menu(page, "Menu")
    assert not page.context.cookies()
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/sign-in")
    for other, password in ((f"not-{email}", steps.PASSWORD), (email, f"{steps.PASSWORD}0")):
        page.goto("/sign-in")
        steps.sign_in(page, email=other, password=password)
        expect(page.locator("#error-sign-in")).to_have_text(WRONG)
    steps.sign_in(page, email=email)
    menu(page, "Menu of Dana Moss")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
