"""What people do on more than one journey."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

NEW_YORK = ZoneInfo("America/New_York")
COOPER_UNION = (40.7295, -73.9906)
PASSWORD = "quiet amber tramway 9"
GOOD_CARD = "4242 4242 4242 4242"


def width(page: Page) -> int:
    """How wide the page is: what tells a phone's visitor from a desk's."""
    assert page.viewport_size is not None
    return page.viewport_size["width"]


def monday_noon() -> datetime:
    """Noon of the Monday after next in New York, where meters are open on Mondays."""
    today = datetime.now(NEW_YORK).replace(hour=12, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())


def search(page: Page, *, where: str, starts: datetime, hours: int) -> None:
    """Search on the map, in the bar or, on a phone, behind the pill."""
    page.goto("/")
    # Until the page knows when and where it looks, it takes nothing in.
    expect(page.locator("#bar-from")).to_be_editable()
    pill = page.locator(".search-pill")
    if pill.is_visible():
        pill.click()
    form = page.get_by_role("search", name="Free spaces")
    form.get_by_label("Where").fill(where)
    form.get_by_label("From").fill(f"{starts:%Y-%m-%dT%H:%M}")
    form.get_by_label("Until").fill(f"{starts + timedelta(hours=hours):%Y-%m-%dT%H:%M}")
    form.get_by_role("button", name="Search").click()
    # What is listed is for that time.
    found = page.get_by_role("article").first.get_by_role("link")
    expect(found).to_have_attribute("href", re.compile(f"from={starts:%Y-%m-%d}"))


def begin_booking(page: Page, *, email: str) -> None:
    """Open the first space that a search found, and fill in the form that holds it."""
    page.get_by_role("article").first.get_by_role("link").click()
    page.get_by_role("button", name="Book for $9.00").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Licence plate").fill("klm 4821")


def save_card(page: Page, number: str = GOOD_CARD) -> None:
    """Fill in the hosted card page and send it."""
    page.get_by_label("Card number").fill(number)
    page.locator("input[name=expiry]").fill("12/34")
    page.locator("input[name=cvc]").fill("123")
    page.get_by_test_id("submit-card").click()


def sign_in(page: Page, *, email: str, password: str = PASSWORD) -> None:
    """Sign in on the page that asks for it."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def picture() -> FilePayload:
    """A photo that says where it was taken, as telephones' do."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 42.0, 48.0), 3: "W", 4: (9.0, 8.0, 24.0)})
    content = BytesIO()
    Image.new("RGB", (1200, 900), "steelblue").save(content, "JPEG", exif=exif)
    return {"name": "bay.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def taken_at(content: bytes) -> dict[int, object]:
    """What a picture says of where it was taken."""
    return dict(Image.open(BytesIO(content)).getexif().get_ifd(0x8825))
