"""The frame of every page: skip link, bar, account menu, main part, foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx
from reflex.style import color_mode, set_color_mode

from parkplace.web import routes
from parkplace.web.ui.choices import chip, chips
from parkplace.web.ui.icons import icon
from parkplace.web.ui.kinds import Content, Flag, Text, joined
from parkplace.web.ui.links import current, link, outside

MENU_ID = "account-menu"
MAIN_ID = "main"

_THEMES: dict[Literal["light", "dark", "system"], str] = {
    "light": "Light",
    "dark": "Dark",
    "system": "As the device",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation: its label and its address."""

    label: str
    href: str


DRIVER_PLACES = (Place("Bookings", routes.BOOKINGS), Place("Host", routes.HOST))


def page(
    *content: Content,
    bar: rx.Component,
    sandbox: Flag = False,
    width: Literal["", "narrow", "whole"] = "",
    foot: bool = True,
) -> rx.Component:
    """Frame a page.

    Args:
        content: What the page is about.
        bar: The bar at the top, from `bar` or `title_bar`.
        sandbox: Whether payments go to the sandbox, which then is said.
        width: `narrow` for forms and passes, `whole` for the map.
        foot: Whether the foot follows; the map has no room for it.
    """
    return rx.el.div(
        outside("Skip to the content", href=f"#{MAIN_ID}", class_name="skip"),
        bar,
        rx.el.main(*content, id=MAIN_ID, tab_index=-1, class_name=joined("main", width)),
        page_foot(sandbox=sandbox) if foot else rx.fragment(),
        class_name="page",
    )


def logo() -> rx.Component:
    """Draw the name, which leads to the map."""
    return link("Park", rx.el.br(), "Place", href=routes.MAP, class_name="logo")


def bar(
    *middle: Content,
    account: rx.Component,
    places: Sequence[Place] = DRIVER_PLACES,
    active: Text = "",
) -> rx.Component:
    """Draw the bar at the top of a page.

    Args:
        middle: What stands beside the logo: a search, tabs, or nothing.
        account: The account menu, from `account_menu`.
        places: Where the navigation leads on wide screens; on phones the menu holds it.
        active: The address of the page that is open.
    """
    return rx.el.header(
        logo(),
        *middle,
        rx.el.nav(*_places(places, active), class_name="nav", aria_label="Main"),
        account,
        class_name="bar",
    )


def title_bar(title: Text, *, back: Text, account: rx.Component | None = None) -> rx.Component:
    """Draw the bar of a page one step down: a way back, and the page's title."""
    return rx.el.header(
        link(icon("back"), href=back, class_name="back", aria_label="Back"),
        rx.el.h1(title, class_name="fill"),
        *([account] if account is not None else []),
        class_name="bar",
    )


def account_menu(
    *content: Content, initials: Text = "", name: Text = "", places: Sequence[Place] = DRIVER_PLACES
) -> rx.Component:
    """Draw the round button at the bar's end and the menu it opens.

    Args:
        content: The menu's further entries: `menu_link`s, `menu_button`s, forms.
        initials: The person's initials; empty when nobody is signed in.
        name: The person's name, for the menu's head and the button's label.
        places: The navigation, for phones.
    """
    unknown = initials == ""
    return rx.fragment(
        rx.el.button(
            rx.cond(unknown, icon("menu"), initials),
            type="button",
            class_name=rx.cond(unknown, "me unknown", "me"),
            custom_attrs={"popoverTarget": MENU_ID},
            aria_label=rx.cond(unknown, "Menu", f"Menu of {name}"),
        ),
        rx.el.div(
            rx.el.nav(*_places(places, ""), class_name="phone", aria_label="Main"),
            rx.el.hr(class_name="phone"),
            *content,
            rx.el.hr(),
            rx.el.p("Colours", class_name="soft small"),
            theme_choice(),
            id=MENU_ID,
            class_name="menu",
            custom_attrs={"popover": "auto"},
        ),
    )


def menu_link(label: Text, href: Text, *, document: bool = False) -> rx.Component:
    """Draw an entry of the account menu; `document` for what is not one of our pages."""
    return outside(label, href=href) if document else link(label, href=href)


def menu_button(label: Text, **attributes: Any) -> rx.Component:
    """Draw an entry of the account menu that does something."""
    return rx.el.button(label, type="button", **attributes)


def theme_choice() -> rx.Component:
    """Let people choose light or dark; the choice stays in their browser."""
    return chips(
        *(
            chip(label, pressed=color_mode == mode, on_click=set_color_mode(mode))
            for mode, label in _THEMES.items()
        ),
        label="Colours",
    )


def page_foot(*, sandbox: Flag = False) -> rx.Component:
    """Draw the foot, and above it the notice that payments are a sandbox where they are."""
    notice = rx.el.p(
        "Payments run in a sandbox: no card is charged and no money is real.", class_name="notice"
    )
    return rx.el.footer(
        rx.cond(sandbox, notice, rx.fragment()),
        rx.el.div(
            rx.el.p("Park Place"),
            rx.el.nav(
                link("Report a vehicle or place", href=routes.REPORT),
                link("List a space", href=routes.ADD_SPACE),
                outside("API", href=routes.API_DOCS),
                aria_label="More",
            ),
            class_name="foot",
        ),
    )


def _places(places: Sequence[Place], active: Text) -> list[rx.Component]:
    return [
        link(
            place.label,
            href=place.href,
            **current(place.href == active if isinstance(active, str) else active == place.href),
        )
        for place in places
    ]
