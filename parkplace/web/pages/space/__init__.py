"""The space page, and the step that books it."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.space.hold_state import HoldState
from parkplace.web.pages.space.page import page
from parkplace.web.pages.space.state import SpaceState


def add_pages(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.SPACE,
        title="Space · Park Place",
        on_load=[FrameState.load, SpaceState.load, HoldState.load],
    )
