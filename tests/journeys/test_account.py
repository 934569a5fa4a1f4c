"""Dana looks after her account: who she is, how she signs in, what she pays with, and its end."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pyotp.totp import TOTP

from tests.journeys import steps
from tests.journeys.site import Site


@pytest.fixture
def email(page: Page, site: Site, request: pytest.FixtureRequest) -> str:
    """The address of Dana's new account, verified; she is signed in at `page`."""
    address = f"{request.node.originalname}-{steps.width(page)}@example.com"
    site.register(address, name="Dana Moss")
    page.goto(site.link("verify-email", to=address))
    page.get_by_role("button", name="Yes, verify it").click()
    expect(page.get_by_role("heading", name="Your address is verified")).to_be_visible()
    page.goto("/sign-in?then=/account")
    steps.sign_in(page, email=address)
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()
    return address


def to(page: Page, tab: str) -> None:
    """Go to one of the account pages."""
    link = page.get_by_role("navigation", name="Your account").get_by_role("link", name=tab)
    link.click()
    expect(link).to_have_attribute("aria-current", "page")


def dialog(page: Page, name: str) -> Locator:
    """A dialog that is open."""
    return page.get_by_role("dialog", name=name, exact=True)


@pytest.mark.usefixtures("email")
def test_a_profile_hosting_and_vehicles(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Dana Kim")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Menu of Dana Kim")).to_be_visible()
    page.get_by_label("Your picture").set_input_files(steps.picture())
    picture = page.get_by_alt_text("Your picture")
    expect(picture).to_be_visible()
    sent = page.request.get(picture.get_attribute("src") or "").body()
    assert steps.taken_at(sent) == {}
    page.get_by_role("button", name="Become a host").click()
    expect(page.get_by_role("button", name="Stop hosting")).to_be_visible()

    to(page, "Vehicles")
    page.get_by_role("button", name="Add a vehicle").click()
    form = dialog(page, "Add a vehicle")
    form.get_by_label("Height").fill("tall")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_label("Height")).to_be_focused()
    form.get_by_label("Height").fill("1.95")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Give the vehicle's licence plate.")).to_be_visible()
    expect(form.get_by_label("Plate")).to_be_focused()
    form.get_by_label("Plate").fill("klm 4821")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    expect(page.get_by_role("article")).to_contain_text("KLM4821")
    page.reload()
    page.get_by_role("button", name="Remove Car").click()
    dialog(page, "Remove this vehicle?").get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("heading", name="No vehicles yet")).to_be_visible()


def test_a_second_factor_and_another_device(page: Page, other_page: Page, email: str) -> None:
    to(page, "Safety")
    page.get_by_role("button", name="Switch on").first.click()
    box = dialog(page, "Two-factor sign-in")
    box.get_by_label("Your password", exact=True).fill(steps.PASSWORD)
    box.get_by_role("button", name="Go on").click()
    picture = box.get_by_alt_text("The key below")
    expect(picture).to_have_attribute("src", re.compile("^data:image/svg"))
    picture.evaluate("(drawn) => drawn.decode()")  # refused for what the browser cannot draw
    expect(box.get_by_label("The key", exact=True)).to_contain_text(" ")
    app = TOTP(box.get_by_label("The key", exact=True).inner_text().replace(" ", ""))
    code = box.get_by_label("The code it shows now")
    expect(code).to_be_focused()
    code.fill(app.now())
    code.press("Enter")
    codes = box.get_by_label("Recovery codes")
    expect(codes).to_contain_text("-")
    kept = codes.inner_text().split()
    assert len(kept) == 10
    with page.expect_download() as saved:
        box.get_by_role("button", name="Save as a file").click()
    assert Path(saved.value.path()).read_text().split() == kept
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").get_by_text("Copied.")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()").split() == kept
    box.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 of 10")).to_be_visible()
    assert not any(code in page.content() for code in [app.secret, *kept])

    other_page.goto("/sign-in?then=/account")
    steps.sign_in(other_page, email=email)
    other_page.get_by_label("Code").fill(kept[0])
    other_page.get_by_role("button", name="Sign in").click()
    expect(other_page.get_by_role("heading", name="About you")).to_be_visible()
    page.reload()
    expect(page.get_by_text("9 of 10")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Sign out Chrome")).click()
    expect(page.get_by_role("button", name=re.compile("^Sign out Chrome"))).to_be_hidden()
    other_page.reload()
    expect(other_page.get_by_role("heading", name="Sign in to see")).to_be_visible()


def test_a_card_all_data_and_the_end(page: Page, site: Site, email: str) -> None:
    to(page, "Cards")
    page.get_by_role("button", name="Add a card").click()
    steps.save_card(page)
    expect(page.get_by_role("article")).to_contain_text("Visa ···· 4242")

    to(page, "Your data")
    expect(page.get_by_text("The e-mail address was verified")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download my data").click()
    assert email in json.dumps(json.loads(Path(saved.value.path()).read_text()))
    page.get_by_role("button", name="Delete my account").click()
    box = dialog(page, "Delete your account?")
    password = box.get_by_label("Your password", exact=True)
    password.fill("something else")
    box.get_by_role("button", name="Delete for good").click()
    expect(box.get_by_text("This is not your password.")).to_be_visible()
    expect(password).to_be_focused()
    password.fill(steps.PASSWORD)
    box.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    assert site.count("SELECT 1 FROM users WHERE email = %s", email) == 0

    page.get_by_role("button", name="Go to the map").click()
    page.wait_for_url(f"{site.url}/")
    assert not page.context.cookies()
