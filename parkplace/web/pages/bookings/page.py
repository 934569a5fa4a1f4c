"""My bookings: now, upcoming and past, and for hosts those at their spaces."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.live import live
from parkplace.web.pages.bookings import components
from parkplace.web.pages.bookings.state import SIGNED_IN, SIGNED_OUT, BookingsState


def page() -> rx.Component:
    """Show the list."""
    return framed(
        ui.stack(
            rx.el.h1("Bookings"),
            rx.match(
                BookingsState.stage,
                (SIGNED_IN, components.lists()),
                (SIGNED_OUT, _signed_out()),
                ui.waiting_deeds(3),
            ),
        ),
        live(BookingsState.topics, on_signal=BookingsState.refresh),
        active=routes.BOOKINGS,
        width="narrow",
    )


def _signed_out() -> rx.Component:
    return ui.empty(
        "Sign in to see your bookings",
        "Booked as a guest? The link in your e-mail opens your pass.",
        ui.go_link("Sign in", href=routes.sign_in(then=routes.BOOKINGS)),
        ui.go_link("Find a space", href=routes.MAP, kind="plain"),
    )
