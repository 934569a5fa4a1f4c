"""The list of a person's bookings."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.bookings.page import page
from parkplace.web.pages.bookings.state import BookingsState


def add_pages(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.BOOKINGS,
        title="Bookings · Park Place",
        on_load=[FrameState.load, BookingsState.load],
    )
