"""Secrets that are shown once: they go straight into the page, and no state ever holds them.

A place for one stands in the page, empty; a handler fills it, and empties it when its person has
what they need.
"""

import reflex as rx
from reflex.event import EventSpec

from parkplace.web.ui.browser import act
from parkplace.web.ui.kinds import Text


def shown_text(place_id: str, *, label: Text) -> rx.Component:
    """Hold the place of text that `write` puts there."""
    return rx.el.pre(id=place_id, class_name="key", role="group", aria_label=label, tab_index=0)


def shown_picture(place_id: str, *, alt: Text) -> rx.Component:
    """Hold the place of a picture that `draw` puts there."""
    return rx.el.img(id=place_id, alt=alt, class_name="qr")


def write(place_id: str, text: str) -> EventSpec:
    """Show text in its place; empty takes away what is shown."""
    return act("write", place_id, text)


def draw(place_id: str, svg: str) -> EventSpec:
    """Show a picture in its place, from an SVG element; empty takes away what is shown."""
    return act("draw", place_id, svg)


def copy_shown(place_id: str) -> EventSpec:
    """Copy the text of a place; the server takes no part in it."""
    return act("copy", place_id)


def save_shown(place_id: str, name: str) -> EventSpec:
    """Save the text of a place as a file; the server takes no part in it."""
    return act("save", place_id, name)
