"""The space page: what matters in one look, what a stay costs, and Book."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.live import live
from parkplace.web.pages.space import components
from parkplace.web.pages.space.hold_state import HoldState
from parkplace.web.pages.space.state import FOUND, GONE, SpaceState


def page() -> rx.Component:
    """Show one space."""
    return framed(
        rx.match(
            SpaceState.stage,
            (FOUND, _found()),
            (GONE, _gone()),
            rx.el.div(ui.waiting_deeds(1), class_name="sides"),
        ),
        live(SpaceState.topics, on_signal=[SpaceState.refresh, HoldState.check]),
        title="Space",
        back=SpaceState.back,
    )


def _found() -> rx.Component:
    return rx.el.div(
        ui.stack(
            components.messages(),
            components.deed(),
            components.others(),
        ),
        ui.stack(
            components.photos(),
            components.description(),
            components.opening_hours(),
            components.where(),
            gap="loose",
        ),
        components.booking_step(),
        class_name="sides",
    )


def _gone() -> rx.Component:
    return ui.empty(
        "This space is not listed",
        "It was taken off the map, or the link is not complete. There are others nearby.",
        ui.go_link("Open the map", href=routes.MAP),
    )
