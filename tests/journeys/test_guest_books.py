"""A stranger finds a space on the map, books it as a guest, and is charged when the stay ends."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.site import Site

Mail = Callable[[str, str], str]
on_a_desk = pytest.mark.parametrize("page", [DESK], ids=["desk"], indirect=True)
on_a_phone = pytest.mark.parametrize("page", [PHONE], ids=["phone"], indirect=True)


def begin(page: Page, email: str) -> None:
    """Come to the form that holds a space for two hours of that Monday."""
    steps.search(page, where="10003", starts=steps.monday_noon(), hours=2)
    expect(page.get_by_role("article").first).to_contain_text("$9.00")
    steps.begin_booking(page, email=email)


def hold(page: Page) -> None:
    """Press the form's button; the page of the booking opens, with its countdown."""
    page.get_by_role("button", name="Hold for 10 minutes").click()
    page.wait_for_url("**/g/*")
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"\d:\d\d"))


def seconds_left(page: Page) -> int:
    """What the countdown shows."""
    shown = re.search(r"(\d+):(\d\d)", page.get_by_role("timer").inner_text())
    assert shown is not None
    return int(shown[1]) * 60 + int(shown[2])


def test_from_the_map_to_the_receipt(page: Page, site: Site, meters: str, a_mail: Mail) -> None:
    assert "9 new" in meters
    guest, noon = f"guest-{steps.width(page)}@example.com", steps.monday_noon()
    steps.search(page, where="10003", starts=noon, hours=2)
    deed = page.get_by_role("article").first
    expect(deed).to_contain_text("$9.00")
    name, address = deed.get_by_role("heading").inner_text(), page.url

    page.reload()
    expect(deed).to_contain_text("$9.00")
    expect(page).to_have_url(address)
    deed.get_by_role("link").click()
    page.wait_for_url("**/spaces/*")
    page.go_back()
    expect(deed).to_contain_text("$9.00")
    expect(page).to_have_url(address)

    deed.get_by_role("link").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("button", name="Book for $9.00").click()
    page.get_by_role("button", name="Hold for 10 minutes").click()
    expect(page.locator("#error-email")).to_contain_text("Give your e-mail address")
    page.get_by_label("E-mail").fill(guest)
    page.get_by_label("Licence plate").fill("klm 4821")
    hold(page)
    link, left = page.url, seconds_left(page)
    page.reload()
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"\d:\d\d"))
    assert 0 < seconds_left(page) <= left <= 600

    page.go_back()
    page.get_by_role("button", name="Open your booking").click()
    page.wait_for_url(link)
    page.get_by_role("button", name="Save your card").click()
    steps.save_card(page)
    page.wait_for_url(link)
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
    expect(page.locator("main")).to_contain_text("KLM4821")
    with page.expect_download() as download:
        page.get_by_role("button", name="Add to calendar").click()
    (stay,) = Calendar.from_ical(Path(download.value.path()).read_bytes()).walk("VEVENT")
    assert isinstance(stay, Event)
    assert (stay["SUMMARY"], stay.start) == (f"Parking: {name}, bay 1", noon)
    assert "parking.ics" in a_mail(guest, "confirmed")

    site.travel(noon.astimezone(UTC) + timedelta(hours=2, seconds=5) - datetime.now(UTC))
    expect(page.get_by_role("heading", name="Paid")).to_be_visible(timeout=20_000)
    receipt = a_mail(guest, "ended")
    assert "This is your receipt" in receipt
    assert "$9.00" in receipt
    assert link in receipt
    page.goto(link)
    lines = page.get_by_role("table")
    expect(lines.get_by_role("row", name="2 h at $4.50 an hour $9.00")).to_be_visible()
    expect(lines.get_by_role("row", name="Paid with Visa ···· 4242 $9.00")).to_be_visible()


@on_a_desk
@pytest.mark.usefixtures("meters")
def test_a_declined_card_is_said_at_once_and_another_one_is_taken(page: Page) -> None:
    begin(page, "declined@example.com")
    hold(page)
    link = page.url
    page.get_by_role("button", name="Save your card").click()
    steps.save_card(page, "4000 0000 0000 0002")
    expect(page.get_by_text("Your card was declined.")).to_be_visible()
    page.get_by_test_id("cancel").click()
    page.wait_for_url(link)
    expect(page.get_by_role("timer")).to_be_visible()
    page.get_by_role("button", name="Save your card").click()
    steps.save_card(page)
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()


@on_a_desk
@pytest.mark.usefixtures("meters")
def test_a_hold_that_ran_out_while_paying_is_held_again(page: Page, site: Site) -> None:
    begin(page, "late@example.com")
    hold(page)
    link = page.url
    page.get_by_role("button", name="Save your card").click()
    expect(page.get_by_label("Card number")).to_be_visible()
    site.travel(timedelta(minutes=11))
    page.get_by_test_id("cancel").click()
    page.wait_for_url(link)
    expect(page.get_by_role("heading", name="Your hold has run out")).to_be_visible()
    page.get_by_role("button", name="Hold it again").click()
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"\d:\d\d"))
    assert page.url != link
    page.get_by_role("button", name="Save your card").click()
    steps.save_card(page)
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()


@on_a_phone
@pytest.mark.usefixtures("meters")
def test_a_double_click_makes_one_booking(page: Page, site: Site) -> None:
    begin(page, "twice@example.com")
    page.get_by_role("button", name="Hold for 10 minutes").dblclick()
    page.wait_for_url("**/g/*")
    expect(page.get_by_role("timer")).to_be_visible()
    assert site.count("SELECT FROM bookings WHERE email = %s", "twice@example.com") == 1


@on_a_phone
@pytest.mark.usefixtures("meters")
def test_a_space_page_sees_the_last_bay_go(page: Page, other_page: Page) -> None:
    begin(other_page, "quicker@example.com")
    page.goto(other_page.url)
    expect(page.get_by_role("button", name="Book for $9.00")).to_be_visible()
    hold(other_page)
    expect(page.get_by_role("button", name="Book for $9.00")).to_be_hidden()
    expect(page.get_by_role("heading", name="Free nearby for that time")).to_be_visible()
    other_page.get_by_role("button", name="Let it go").click()
    other_page.get_by_role("dialog").get_by_role("button", name="Let it go").click()
    expect(page.get_by_role("button", name="Book for $9.00")).to_be_visible()
