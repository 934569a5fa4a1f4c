"""A site and a browser for the journeys; whatever the browser complains of fails the test."""

import threading
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from parkplace.launcher.chromium import ARGUMENTS
from tests.journeys.site import Site, serving
from tests.stripe_sandbox.running import RunningSandbox

PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="session")
def running_site(
    database_server: str,
    stripe_sandbox: RunningSandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Site]:
    """One site for all journeys; each leaves the clock as it was."""
    folder = tmp_path_factory.mktemp("site")
    with serving(database_server, stripe_sandbox, folder) as site:
        yield site


@pytest.fixture
def site(running_site: Site) -> Generator[Site]:
    """The site, at the world's time."""
    yield running_site
    running_site.travel(timedelta(0))


# Not for longer: while Playwright runs, no other test can run an event loop of its own.
@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Generator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(params=[PHONE, {"width": 1280, "height": 800}], ids=["phone", "desk"])
def page(
    browser: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> Generator[Page]:
    """A page of a person's own, on a phone and on a desk; errors and warnings fail the test."""
    context = browser.new_context(
        viewport=request.param,
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
    yield opened
    opened.screenshot(path=tmp_path / "last.png", full_page=True)
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
