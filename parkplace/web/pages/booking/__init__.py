"""The page of one booking, for accounts and for guests."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.booking.changing import ChangeState
from parkplace.web.pages.booking.extending import ExtendState
from parkplace.web.pages.booking.page import page
from parkplace.web.pages.booking.paying import PayState
from parkplace.web.pages.booking.state import BookingState


def add_pages(app: rx.App) -> None:
    """Add the page to the app, under both of its addresses."""
    load = [
        FrameState.load,
        BookingState.load,
        PayState.load,
        ChangeState.load,
        ExtendState.load,
    ]
    for route in (routes.BOOKING, routes.GUEST_BOOKING):
        app.add_page(page, route=route, title="Your booking · Park Place", on_load=load)
