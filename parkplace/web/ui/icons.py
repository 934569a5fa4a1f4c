"""The few pictures of the interface, drawn by us; they stand beside words and say nothing alone."""

import reflex as rx

# Paths in a box of 24, drawn with a line of 2.5.
_PATHS = {
    "back": "M20 12H4m7-7-7 7 7 7",
    "close": "M5 5l14 14M19 5 5 19",
    "menu": "M3 6h18M3 12h18M3 18h18",
    "search": "M15.5 15.5 21 21M10 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z",
    "here": "M12 2v4m0 12v4M2 12h4m12 0h4M12 6.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
    "pin": "M4 4h16v14H4zM4 9h16",
    "add": "M12 4v16M4 12h16",
    "out": "M14 4h6v6m0-6-9 9M18 14v6H4V6h6",
    "person": "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5",
}
ICONS = tuple(_PATHS)


def icon(name: str) -> rx.Component:
    """Draw an icon in the size and colour of the text around it; hidden from screen readers.

    Args:
        name: One of `ICONS`.
    """
    return rx.el.svg(
        rx.el.path(d=_PATHS[name]),
        class_name="icon",
        view_box="0 0 24 24",
        aria_hidden="true",
    )
