"""A site and a browser for the journeys; whatever the browser complains of fails the test."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from parkplace.launcher.chromium import ARGUMENTS
from tests.journeys.site import Site, serving
from tests.stripe_sandbox.running import running

PHONE: ViewportSize = {"width": 360, "height": 780}
DESK: ViewportSize = {"width": 1280, "height": 800}
# Meters of the city's own file, around the Cooper Union; each has one bay.
METERS = """\
ObjectID,Meter Number,Status,Pay By Cell Number,Meter_Hours,Parking_Facility_Name,Facility,Borough,\
On_Street,Side_of_Street,From_Street,To_Street,Latitude,Longitude,X,Y,Location
12124,1473125,Active,106608,2HR Pas Mon-Sat 0800-1900,,On Street,Manhattan,3 Avenue,W,\
East 11 Street,East 10 Street,40.730945876127,-73.9890336211504,,,
8828,1153002,Active,104659,2HR Pas Mon-Sat 0830-1900,,On Street,Manhattan,3 Avenue,E,\
East 10 Street,East 11 Street,40.7309522944901,-73.9887395985622,,,
12126,1473129,Active,107180,2HR Pas Mon-Sat 0900-1900,,On Street,Manhattan,East 10 Street,S,\
4 Avenue,3 Avenue,40.7308666396017,-73.989518253328,,,
11889,1153022,Active,102601,2HR Pas Mon-Sat 0800-1900,,On Street,Manhattan,3 Avenue,W,\
East 12 Street,East 11 Street,40.7316733927733,-73.9885028569995,,,
12125,1473126,Active,107180,2HR Pas Mon-Sat 0900-1900,,On Street,Manhattan,East 10 Street,S,\
4 Avenue,3 Avenue,40.7310742380254,-73.990011578716,,,
8841,1153018,Active,104658,2HR Pas Mon-Sat 0900-1900,,On Street,Manhattan,East 11 Street,S,\
3 Avenue,2 Avenue,40.7311337072733,-73.9882878911349,,,
12127,1473128,Active,106905,2HR Pas Mon-Sat 0900-1900,,On Street,Manhattan,East 10 Street,N,\
3 Avenue,2 Avenue,40.7306531526519,-73.9887749536024,,,
8827,1153001,Active,101220,2HR Pas Mon-Sat 0830-1900,,On Street,Manhattan,3 Avenue,E,\
East 9 Street,East 10 Street,40.7305344636243,-73.9890438585297,,,
8832,1153006,Active,103653,2HR Pas Mon-Sat 0800-1900,,On Street,Manhattan,4 Avenue,E,\
East 10 Street,East 11 Street,40.731555393498,-73.9901938686415,,,
"""


@pytest.fixture(scope="session")
def running_site(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """One site for all journeys, with a sandbox of its own; each leaves the clocks as they were."""
    folder = tmp_path_factory.mktemp("site")
    with (
        running(tmp_path_factory.mktemp("stripe")) as sandbox,
        serving(database_server, sandbox, folder) as site,
    ):
        yield site


@pytest.fixture
def site(running_site: Site) -> Generator[Site]:
    """The site, at the world's time."""
    yield running_site
    running_site.travel(timedelta(0))


@pytest.fixture(scope="session")
def meters(running_site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Imports the city's meters; returns what the command said."""
    running_site.register("meters@example.com", name="City meters")
    file = tmp_path_factory.mktemp("meters") / "meters.csv"
    file.write_text(METERS)
    prices = ("--hour-price", "4.50", "--currency", "USD")
    return running_site.run("import-spaces", str(file), "--host", "meters@example.com", *prices)


# Not for longer: while Playwright runs, no other test can run an event loop of its own.
@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Generator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(
    browser: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> Generator[Page]:
    """A page of a person's own, on a phone and on a desk; errors and warnings fail the test."""
    with _visit(browser, site, request.param, tmp_path / "last.png") as opened:
        yield opened


@pytest.fixture
def other_page(browser: Browser, site: Site, tmp_path: Path) -> Generator[Page]:
    """A page of somebody else, at a desk; errors and warnings fail the test."""
    with _visit(browser, site, DESK, tmp_path / "other.png") as opened:
        yield opened


@contextmanager
def _visit(browser: Browser, site: Site, viewport: ViewportSize, picture: Path) -> Generator[Page]:
    context = browser.new_context(
        viewport=viewport,
        base_url=site.url,
        locale="en-US",
        timezone_id="America/New_York",
        accept_downloads=True,
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text} ({message.location})")

    opened.on("console", heard)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield opened
    finally:
        opened.screenshot(path=picture, full_page=True)
        context.close()
    assert not complaints


@pytest.fixture
def a_mail(site: Site) -> Callable[[str, str], str]:
    """Returns the letter of a kind that somebody was written; its attachments' names stand below.

    The outbox is emptied every other second, so it may take a moment to come.
    """

    def look(to: str, kind: str) -> str:
        with psycopg2.connect(site.database_url) as connection, connection.cursor() as cursor:
            for _ in range(100):
                cursor.execute(
                    "SELECT text || attachments::text FROM emails"
                    " WHERE to_address = %s AND kind = %s AND status = 'kept'",
                    (to, kind),
                )
                if found := cursor.fetchone():
                    return str(found[0])
                connection.rollback()
                threading.Event().wait(0.1)
        raise AssertionError(f"no letter {kind} to {to}")

    return look
