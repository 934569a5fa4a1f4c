"""A page of the gallery opened in a browser of its own, and what it heard."""

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Locator, Page, expect

from parkplace.web import routes

ONE_STREET = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"rank": 0},
                "geometry": {
                    "type": "LineString",
                    "coordinates": [[-74.0, 40.72], [-73.98, 40.74]],
                },
            }
        ],
    }
)
EXPECTED_NOISE = "Disconnect websocket"  # Reflex says so when a page is left


@dataclass
class Gallery:
    """An open gallery."""

    page: Page
    noise: list[str] = field(default_factory=list)

    @property
    def map(self) -> FrameLocator:
        """The map with the sample spaces."""
        return self.page.frame_locator("iframe[title='Map of spaces']")

    @property
    def placing(self) -> FrameLocator:
        """The map on which a pin is put down."""
        return self.page.frame_locator("iframe[title='Where your space is']")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def heard(self, what: str | re.Pattern[str]) -> Locator:
        """The events of this kind that came back."""
        return self.page.locator("#heard li").filter(has_text=what)


@contextmanager
def opened(
    browser: Browser, address: str, *, path: str = routes.GALLERY, **options: Any
) -> Generator[Gallery]:
    """Open the gallery and wait until its data is there."""
    choices: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **options}
    context = browser.new_context(**choices)
    try:
        page = context.new_page()
        page.route(f"**{routes.MAP_STREETS}?*", lambda route: route.fulfill(body=ONE_STREET))
        gallery = Gallery(page)

        def listen(message: ConsoleMessage) -> None:
            if EXPECTED_NOISE not in message.text:
                gallery.noise.append(f"{message.type}: {message.text}")

        page.on("console", listen)
        page.on("pageerror", lambda error: gallery.noise.append(str(error)))
        page.goto(f"{address}{path}")
        expect(gallery.map.locator(".pin")).to_have_count(8, timeout=30_000)
        yield gallery
    finally:
        context.close()
