"""Chips that switch filters on and off, and tabs between neighbouring pages."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from parkplace.web.ui.kinds import Content, Event, Flag, Text, given, shown, when
from parkplace.web.ui.links import current, link


def chip(label: Content, *, pressed: Flag, on_click: Event) -> rx.Component:
    """Draw a filter that is on or off."""
    return rx.el.button(
        label,
        type="button",
        class_name="chip",
        aria_pressed=when(pressed, "true", "false"),
        on_click=on_click,
    )


def chips(*items: rx.Component, label: Text = "Filters") -> rx.Component:
    """Put chips side by side, under a name for those who cannot see them."""
    return rx.el.div(*items, class_name="chips", role="group", aria_label=label)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several neighbouring pages.

    Attributes:
        label: What it says.
        href: Where it leads.
        count: How much waits there; shown when not empty.
    """

    label: str
    href: str
    count: Text = ""


def tabs(items: Sequence[Tab], *, active: Text, label: Text) -> rx.Component:
    """Lead to neighbouring pages.

    Args:
        items: The pages.
        active: The address of the one that is open.
        label: What they are together, for those who cannot see them.
    """
    return rx.el.nav(*(_tab(item, active) for item in items), class_name="tabs", aria_label=label)


def _tab(item: Tab, active: Text) -> rx.Component:
    open_now = item.href == active if isinstance(active, str) else active == item.href
    badge = (
        shown(item.count, rx.el.span(item.count, class_name="count-badge"))
        if given(item.count)
        else []
    )
    return link(item.label, *badge, href=item.href, **current(open_now))
