"""Where things stand on a page."""

from typing import Literal

import reflex as rx

from parkplace.web.ui.kinds import Content, Text, joined


def split(
    list_side: rx.Component, map_side: rx.Component, *, list_label: Text = "Spaces"
) -> rx.Component:
    """Put a list and a map side by side; on phones the list slides over the map."""
    return rx.el.div(
        rx.el.section(
            rx.el.h2(list_label, class_name="sr"),
            list_side,
            class_name="list-side",
            aria_label=list_label,
        ),
        rx.el.div(map_side, class_name="map-side"),
        class_name="split",
    )


def section(title: str, *content: Content) -> rx.Component:
    """Put a part of a page under its heading."""
    return rx.el.section(rx.el.h2(title), *content, class_name="stack", aria_label=title)


def stack(*content: Content, gap: Literal["", "tight", "loose"] = "") -> rx.Component:
    """Put things one below the other."""
    return rx.el.div(*content, class_name=joined("stack", gap))


def row(*content: Content, apart: bool = False) -> rx.Component:
    """Put things side by side as far as they fit; `apart` pushes the ends outwards."""
    return rx.el.div(*content, class_name=joined("row", "apart" if apart else ""))
