"""A host's spaces: which there are, and whether drivers find them."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.host.page import page
from parkplace.web.pages.host.state import HostState


def add_pages(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.HOST,
        title="Your spaces · Park Place",
        on_load=[FrameState.load, HostState.load],
    )
