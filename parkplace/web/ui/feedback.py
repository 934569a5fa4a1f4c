"""What people see when there is nothing, not yet, or not as it should be."""

import reflex as rx
from reflex_components_core.core.banner import has_too_many_connection_errors

from parkplace.web.ui.kinds import Attributes, Content, Text


def empty(title: Text, text: Content, *actions: rx.Component) -> rx.Component:
    """Say that a list is empty, and what to do next."""
    return _panel("panel empty", title, text, *actions)


def wrong(title: Text, text: Text, *actions: rx.Component) -> rx.Component:
    """Say what went wrong, and what to do next; read aloud at once."""
    return _panel("panel wrong", title, text, *actions, role="alert")


def done(title: Text, text: Content, *actions: rx.Component) -> rx.Component:
    """Say that something is done, and what comes next."""
    return _panel("panel done", title, text, *actions, role="status")


def _panel(
    class_name: str, title: Text, text: Content, *actions: rx.Component, role: str | None = None
) -> rx.Component:
    named: Attributes = {"role": role} if role else {}
    return rx.el.div(
        rx.el.h2(title),
        rx.el.p(text),
        *([rx.el.div(*actions, class_name="acts")] if actions else []),
        class_name=class_name,
        **named,
    )


def waiting_deeds(count: int = 3, *, label: Text = "Loading") -> rx.Component:
    """Hold the place of deeds that are still on their way; seen after 0.3 s."""
    bones = rx.el.div(
        rx.el.div("\u00a0", class_name="band"),
        rx.el.div(
            rx.el.span(class_name="bone long"), rx.el.span(class_name="bone short"),
            class_name="body",
        ),
        class_name="deed bones",
    )  # fmt: skip
    return rx.el.div(
        rx.el.p(label, class_name="sr", role="status"),
        rx.el.div(*([bones] * count), class_name="deeds", aria_hidden="true"),
        class_name="waiting",
    )


def waiting_lines(count: int = 3, *, label: Text = "Loading") -> rx.Component:
    """Hold the place of text that is still on its way; seen after 0.3 s."""
    return rx.el.div(
        rx.el.p(label, class_name="sr", role="status"),
        *(
            rx.el.span(class_name="bone long" if line % 2 == 0 else "bone short")
            for line in range(count)
        ),
        class_name="waiting stack tight",
    )


def connection_notice() -> rx.Component:
    """Say so when the server cannot be reached; what is typed stays."""
    return rx.el.div(
        rx.cond(
            has_too_many_connection_errors,
            rx.el.p("No connection. Trying again.", class_name="offline"),
            rx.fragment(),
        ),
        role="status",
    )
