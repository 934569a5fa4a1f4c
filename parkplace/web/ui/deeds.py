"""Deeds: a space, and a booking, as a title deed with a coloured band."""

from dataclasses import dataclass

import reflex as rx

from parkplace.web.ui.kinds import (
    Attributes,
    Band,
    Content,
    Event,
    Flag,
    Text,
    band_class,
    joined,
    shown,
    when,
)
from parkplace.web.ui.links import link


@dataclass(frozen=True, slots=True)
class Deed:
    """What a deed says, as a page's state holds it; see `deed` for each part."""

    id: str
    name: str
    href: str
    band: Band | str = ""
    neighbourhood: str = ""
    meta: str = ""
    price: str = ""
    price_note: str = ""
    hint: str = ""


def deed(
    *,
    name: Text,
    href: Text,
    band: Text = "",
    neighbourhood: Text = "",
    meta: Text = "",
    price: Text = "",
    price_note: Text = "",
    hint: Text = "",
    selected: Flag = False,
    on_hover: Event | None = None,
    element_id: Text = "",
) -> rx.Component:
    """Draw a space as a deed; all of it is the link to its page.

    Args:
        name: The space's name.
        href: Its page, with the stay in the address.
        band: Its price group, one of `BANDS`.
        neighbourhood: What stands in the band.
        meta: What matters, in one line.
        price: The price of the whole stay, such as `$14.00`.
        price_note: What that covers, such as `3 h, all in`.
        hint: How to pay less, such as `Leave by 8:30 pm and pay $10.50`.
        selected: Whether its pin is the chosen one.
        on_hover: What happens when a pointer or the focus comes to it: choose its pin.
        element_id: An id by which a pin finds it.
    """
    extra: Attributes = {}
    if on_hover is not None:
        extra |= {"on_mouse_enter": on_hover, "on_focus": on_hover}
    if not isinstance(element_id, str) or element_id:
        extra["id"] = element_id
    return rx.el.article(
        rx.el.header(neighbourhood, class_name="band"),
        rx.el.div(
            rx.el.div(
                rx.el.h3(link(name, href=href)),
                *shown(meta, rx.el.p(meta, class_name="meta")),
                *shown(hint, rx.el.p(hint, class_name="hint")),
            ),
            price_of_stay(price, price_note),
            class_name="body",
        ),
        class_name=joined("deed", band_class(band), when(selected, "selected")),
        **extra,
    )


def price_of_stay(price: Text, note: Text = "") -> rx.Component:
    """Draw a price, large, and under it what it covers."""
    return rx.el.p(rx.el.strong(price), *shown(note, rx.el.small(note)), class_name="price")


def deeds(*items: rx.Component) -> rx.Component:
    """List deeds; give it `rx.foreach(…)` of items made by `deed_item`."""
    return rx.el.ul(*items, class_name="deeds")


def deed_item(deed: rx.Component) -> rx.Component:
    """Put a deed into a list."""
    return rx.el.li(deed)


def card(
    title: Content, *content: Content, band: Text = "", aside: Text = "", wide: bool = False
) -> rx.Component:
    """Draw a card: a titled band and content below.

    Args:
        title: The heading in the band.
        content: What the card holds.
        band: Its colour; none is paper.
        aside: A small remark at the band's end.
        wide: Whether it takes a whole line among `cards`.
    """
    return rx.el.section(
        rx.el.header(rx.el.h2(title), *shown(aside, rx.el.small(aside)),
                     class_name="band"),
        rx.el.div(*content, class_name="pad"),
        class_name=joined("card", band_class(band), "wide" if wide else ""),
    )  # fmt: skip


def cards(*items: rx.Component) -> rx.Component:
    """Lay cards out, two in a line where there is room."""
    return rx.el.div(*items, class_name="cards")


def figure(value: Text, note: Text) -> rx.Component:
    """Draw a number that matters, and what it is."""
    return rx.el.p(value, rx.el.small(note), class_name="figure")


def booking_pass(
    *content: Content, name: Text, bay: Text, band: Text, neighbourhood: Text, reference: Text
) -> rx.Component:
    """Draw a booking as a deed: the pass.

    Args:
        content: What it holds, from the countdown to what it costs.
        name: The space's name.
        bay: The bay, such as `Bay 2`.
        band: The space's price group.
        neighbourhood: What stands in the band.
        reference: The booking's reference, read aloud when something is wrong.
    """
    return rx.el.article(
        rx.el.header(neighbourhood, rx.el.small("Deed no. ", reference), class_name="band"),
        rx.el.div(
            rx.el.h2(name),
            rx.el.p(bay, class_name="bay"),
            *content,
            class_name="pad",
        ),
        class_name=joined("deed pass", band_class(band)),
    )


def plate(number: Text, *, region: Text = "", small: bool = False) -> rx.Component:
    """Draw a licence plate."""
    return rx.el.p(
        *shown(region, rx.el.span(region)),
        number,
        class_name=joined("plate", "small" if small else ""),
    )


def actions(*buttons: rx.Component) -> rx.Component:
    """Put the buttons of a thing in a line."""
    return rx.el.div(*buttons, class_name="acts")


def steps(items: rx.Var[list[str]] | list[str]) -> rx.Component:
    """List what to do, in order."""
    return rx.el.ol(rx.foreach(items, rx.el.li), class_name="steps")
