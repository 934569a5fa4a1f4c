"""Somebody signs up, lists a space, and a stranger finds it on the map."""

import re

import httpx
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.site import Site

LISBON = "38.7107, -9.1390"
SPACES = "SELECT FROM spaces JOIN users ON users.id = host_id WHERE email = %s"


def put_the_pin(page: Page) -> None:
    """Bring the map to Lisbon, then press it beside the pin that it put there."""
    page.get_by_label("Find the address").fill(LISBON)
    page.get_by_role("list", name="Places found").get_by_role("button").first.click()
    expect(page.get_by_text("Drag the pin to the entrance.")).to_be_visible()
    lat = page.locator("input[name=lat]")
    expect(lat).to_have_value("38.7107000")
    board = page.frame_locator("iframe[title='Map: press where the space is']")
    expect(board.locator(".pin.placed")).to_be_visible()
    board.locator(".leaflet-container").click(position={"x": 90, "y": 90})
    expect(lat).not_to_have_value("38.7107000")


def fill_in(page: Page, title: str) -> None:
    page.get_by_label("Address", exact=True).fill("Rua Garrett 1, Lisboa")
    page.get_by_label("Name of the space").fill(title)
    page.get_by_label("Driveway").check()
    page.get_by_label("Bays").fill("2")
    page.get_by_label("Price of an hour").fill("3,50")
    page.get_by_label("Sunday", exact=True).uncheck()
    page.get_by_label("Saturday, until").fill("13:00")


def test_a_space_from_the_pin_to_the_map(page: Page, other_page: Page, site: Site) -> None:
    email = f"host-{steps.width(page)}@example.com"
    title = f"<i>Chiado</i> courtyard {steps.width(page)}"
    page.goto("/spaces/add")
    page.locator("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Name").fill("Owen Reis")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    page.get_by_role("button", name="Make an account").click()

    expect(page.get_by_role("heading", name="Verify your address first")).to_be_visible()
    page.goto(site.link("verify-email", to=email))
    page.get_by_role("button", name="Yes, verify it").click()
    expect(page.get_by_role("heading", name="Your address is verified")).to_be_visible()
    page.locator("main").get_by_role("link", name="List a space").click()

    page.get_by_label("By the week").check()
    page.get_by_label("Monday, until").fill("")
    page.get_by_label("Bays").fill("many")
    page.get_by_label("Price of an hour").fill("three")
    page.get_by_role("button", name="Publish").click()
    for field, sentence in {
        "spot": "Put the pin where the space is",
        "title": "Use at least 3 characters",
        "kind": "Choose what sort of place it is.",
        "capacity": "Give the number of bays",
        "hour": "Give the price as a number",
        "weekly-0": "Give both times.",
    }.items():
        expect(page.locator(f"#error-{field}")).to_have_text(re.compile(sentence))
    expect(page.get_by_text("6 things need a look.")).to_be_visible()
    assert site.count(SPACES, email) == 0

    page.get_by_label("Monday, until").fill("20:00")
    put_the_pin(page)
    fill_in(page, title)
    picture = steps.picture()
    assert steps.taken_at(picture["buffer"])
    page.get_by_label("Photos (optional)").set_input_files(picture)
    expect(page.get_by_alt_text("Photo 1")).to_be_visible()
    preview = page.get_by_role("region", name="What drivers will see")
    expect(preview.get_by_role("heading", name=title)).to_be_visible()
    expect(preview).to_contain_text("€10.50")
    expect(preview).to_contain_text("Sat")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.wait_for_url(re.compile(r"/spaces/[0-9a-f-]{36}"))
    assert site.count(SPACES, email) == 1

    steps.search(other_page, where=LISBON, starts=steps.monday_noon(), hours=2)
    board = other_page.frame_locator("iframe[title='Map of spaces']")
    expect(board.get_by_role("button", name=re.compile("spaces|courtyard")).first).to_be_visible()
    other_page.get_by_role("article").filter(has_text=title).get_by_role("link").click()
    expect(other_page.get_by_role("heading", name=title)).to_be_visible()
    expect(other_page.get_by_role("button", name="Book for €7.00")).to_be_visible()
    photo = other_page.get_by_role("list", name="Photos").get_by_role("img")
    box = photo.bounding_box()
    assert box is not None
    assert box["height"] < box["width"] < 350
    with httpx.Client(base_url=site.url, trust_env=False) as client:
        kept = client.get(photo.get_attribute("src") or "").raise_for_status().content
    assert not steps.taken_at(kept)
