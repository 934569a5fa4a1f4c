"""A stranger reports a vehicle, and an admin answers."""

import re
from datetime import UTC, timedelta
from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from parkplace.core.times import Period
from tests.journeys import steps
from tests.journeys.site import Site

ADA = "ada@example.com"


@pytest.fixture(scope="module")
def ada(running_site: Site) -> str:
    """Ada, whom the operator has made an admin; her address."""
    command = ("create-admin", ADA, "--name", "Ada Moss", "--password-stdin")
    assert "is an admin" in running_site.run(*command, typed=steps.PASSWORD)
    return ADA


def report(page: Page, plate: str) -> str:
    """File a report and return its link."""
    page.goto("/report")
    page.get_by_label("Licence plate").fill(plate)
    page.get_by_label("Plate's state or country").fill("ny")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("#error-kind")).to_have_text("Choose what is wrong.")
    page.get_by_label("It blocks a way in or out").check()
    page.get_by_label("What happened").fill("It stands across the drive.\nSince <b>eight</b>.")
    page.get_by_label("Photo (optional)").set_input_files(steps.picture())
    expect(page.get_by_alt_text("Your photo")).to_be_visible()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your report is sent")).to_be_visible()
    link = page.get_by_label("Your link to this report")
    expect(link).to_have_value(re.compile(r"/report/status/[\w-]{40,}$"))
    return link.input_value()


def shown(page: Page) -> str:
    """What the page says of a report, without the plate and the moment."""
    text = page.locator("main").inner_text()
    return re.sub(r"[A-Z]{3}\d{4}|Reported .*", "", text)


@pytest.mark.usefixtures("meters")
def test_a_report_and_its_answer(page: Page, other_page: Page, site: Site, ada: str) -> None:
    known, unknown = f"KNW{steps.width(page):04}", f"UNK{steps.width(page):04}"
    starts = steps.monday_noon().astimezone(UTC) + timedelta(days=1)
    period = Period(starts, starts + timedelta(hours=1))
    site.hold(plate=known, email="keeper@example.com", near=steps.COOPER_UNION, period=period)
    link = report(page, known.lower())
    said = shown(page)
    report(page, unknown)
    assert shown(page) == said

    page.goto(link)
    expect(page.get_by_text("It is waiting to be looked at.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your report is sent")).to_be_hidden()

    other_page.goto("/admin")
    expect(other_page.get_by_text("Sign in to see reports")).to_be_visible()
    other_page.get_by_role("link", name="Sign in").click()
    steps.sign_in(other_page, email=ada)
    row = other_page.get_by_role("article").filter(has_text=known)
    row.get_by_role("link").click()
    expect(other_page.get_by_text("Since <b>eight</b>.", exact=True)).to_be_visible()
    photo = other_page.get_by_alt_text("Sent with the report")
    expect(photo).to_be_visible()
    with httpx.Client(base_url=site.url, trust_env=False) as client:
        kept = client.get(photo.get_attribute("src") or "").raise_for_status().content
    assert Image.open(BytesIO(kept)).size[0] > 0
    assert not steps.taken_at(kept)
    other_page.get_by_label("Resolved: it was dealt with").check()
    other_page.get_by_label("In words").fill("The owner has moved it.")
    other_page.get_by_role("button", name="Save the answer").click()
    expect(other_page.get_by_role("region", name="Messages")).to_contain_text("Saved.")

    page.reload()
    expect(page.get_by_text("It was looked at and dealt with.")).to_be_visible()
    expect(page.get_by_text("The owner has moved it.")).to_be_visible()
