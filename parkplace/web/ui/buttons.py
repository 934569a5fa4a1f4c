"""Buttons: yellow is the one thing to do next."""

from typing import Any, Literal

import reflex as rx

from parkplace.web.ui.icons import icon
from parkplace.web.ui.kinds import Content, Event, Flag, Text, joined
from parkplace.web.ui.layout import row
from parkplace.web.ui.links import link

_BACK = rx.Var("() => history.back()")

Kind = Literal["plain", "go", "danger", "quiet"]


class Button(rx.Component):
    """A button that takes a double press as one."""

    library = rx.asset("button.js", shared=True).importable_path
    tag = "Button"
    alias = "PressOnce"

    type: rx.Var[str]
    form: rx.Var[str]
    title: rx.Var[str]
    pending: rx.Var[bool]
    disabled: rx.Var[bool]
    repeats: rx.Var[bool]


def button(
    *content: Content,
    kind: Kind = "plain",
    on_click: Event | None = None,
    pending: Flag = False,
    disabled: Flag = False,
    repeats: bool = False,
    wide: bool = False,
    submit: bool = False,
    **attributes: Any,
) -> rx.Component:
    """Draw a button.

    Args:
        content: What it says: a verb.
        kind: `go` for the one thing to do next, `danger` for what cannot be taken back.
        on_click: What it does.
        pending: Whether the answer is still on its way; the button turns and takes no press.
        disabled: Whether it makes no sense now; say why beside it.
        repeats: Whether a second press within 0.8 s is meant; else it counts as the same one,
            unless something was typed into the form in between.
        wide: Whether it fills its line.
        submit: Whether it sends the form it stands in.
        attributes: Further attributes, such as `form`, `id` or `aria_describedby`.
    """
    if on_click is not None:
        attributes["on_click"] = on_click
    return Button.create(
        *content,
        type="submit" if submit else "button",
        class_name=joined("button", "" if kind == "plain" else kind, "wide" if wide else ""),
        pending=pending,
        disabled=disabled,
        repeats=repeats,
        **attributes,
    )


def go_link(*content: Content, href: Text, kind: Kind = "go", wide: bool = False) -> rx.Component:
    """Draw a link to one of our pages that looks like a button."""
    names = ("button", "" if kind == "plain" else kind, "wide" if wide else "")
    return link(*content, href=href, class_name=" ".join(filter(None, names)))


def turn_page(label: str, *, onwards: Text, back: Flag) -> rx.Component:
    """Draw what leads to the next page of a list, and back to the one before.

    Args:
        label: What the next page has, such as "Older reports".
        onwards: Its address; empty on the last page.
        back: Whether there is a page before.
    """
    return row(
        rx.cond(back, button("Back", on_click=rx.call_function(_BACK)), rx.fragment()),
        rx.cond(onwards, go_link(label, href=onwards, kind="plain"), rx.fragment()),
    )


def icon_button(name: str, *, label: Text, on_click: Event, **attributes: Any) -> rx.Component:
    """Draw a button that is a picture; `label` is read to those who cannot see it."""
    return rx.el.button(
        icon(name),
        type="button",
        class_name="icon-button",
        aria_label=label,
        title=label,
        on_click=on_click,
        **attributes,
    )
