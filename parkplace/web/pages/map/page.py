"""The map page: what is free, where, and for how much; the product's face."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.frame import framed
from parkplace.web.live import live
from parkplace.web.pages.map import components, searching
from parkplace.web.pages.map.state import MapState


def page() -> rx.Component:
    """Show the list and the map side by side."""
    return framed(
        rx.el.h1("Find a parking space", class_name="sr"),
        ui.split(
            rx.fragment(components.chips(), components.results(), components.foot()),
            components.the_map(),
        ),
        searching.sheet(),
        components.filters(),
        live(MapState.topics, on_signal=MapState.changed),
        middle=searching.in_bar(),
        width="whole",
        foot=False,
    )
