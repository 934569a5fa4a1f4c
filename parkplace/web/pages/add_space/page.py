"""The add-space page."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.frame import framed
from parkplace.web.pages.add_space import components, steps
from parkplace.web.pages.add_space.state import READY, STRANGER, UNVERIFIED, AddSpaceState


def page() -> rx.Component:
    """List a space: the steps, and beside them the deed they make."""
    return framed(
        rx.match(
            AddSpaceState.stage,
            (READY, _listing()),
            (STRANGER, components.stranger()),
            (UNVERIFIED, components.newcomer()),
            ui.waiting_deeds(3),
        ),
        title="List a space",
    )


def _listing() -> rx.Component:
    return rx.el.div(
        ui.stack(steps.where(), components.form()),
        rx.el.aside(
            components.preview(),
            components.sending(),
            class_name="stack",
            aria_label="Preview and publish",
        ),
        class_name="desk",
    )
