"""The page of one booking, for its driver, its host, and a guest with the link."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.live import live
from parkplace.web.pages.booking import components, dialogs
from parkplace.web.pages.booking.state import FOUND, GONE, BookingState


def page() -> rx.Component:
    """Show one booking."""
    return framed(
        rx.match(
            BookingState.stage,
            (FOUND, _found()),
            (GONE, _gone()),
            ui.waiting_deeds(1),
        ),
        live(BookingState.topics, on_signal=BookingState.refresh),
        title=rx.cond(BookingState.page.driving, "Your pass", "Booking at your space"),
        back=rx.cond(BookingState.guest, routes.MAP, routes.BOOKINGS),
        width="narrow",
    )


def _found() -> rx.Component:
    return ui.stack(
        components.messages(),
        components.deed(),
        components.instead(),
        dialogs.dialogs(),
    )


def _gone() -> rx.Component:
    return rx.cond(
        BookingState.guest,
        ui.empty(
            "This link opens no booking",
            "Check that it is complete: the whole link stands in your e-mail.",
            ui.go_link("Open the map", href=routes.MAP),
        ),
        ui.empty(
            "There is no such booking here",
            "If it is yours, sign in with the account that made it. "
            "Booked as a guest? Use the link in your e-mail.",
            ui.go_link("Sign in", href=BookingState.sign_in),
            ui.go_link("Open the map", href=routes.MAP, kind="plain"),
        ),
    )
