"""What the account pages share: the tabs, who may see them, and things in a list."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import FrameState, framed
from parkplace.web.pages.account.state import GONE, KNOWN, STRANGER, AccountState
from parkplace.web.ui.kinds import Content, Flag, Text

TABS = (
    ui.Tab("Profile", routes.ACCOUNT),
    ui.Tab("Safety", routes.ACCOUNT_SAFETY),
    ui.Tab("Vehicles", routes.ACCOUNT_VEHICLES),
    ui.Tab("Cards", routes.ACCOUNT_CARDS),
    ui.Tab("Mail", routes.ACCOUNT_MAIL),
    ui.Tab("Your data", routes.ACCOUNT_DATA),
)


def account_page(*content: Content, active: str) -> rx.Component:
    """Frame one of the account pages; somebody who is not signed in is asked to."""
    return framed(
        ui.stack(
            rx.el.h1("Your account"),
            rx.match(
                AccountState.stage,
                (STRANGER, _stranger(active)),
                (GONE, _gone()),
                ui.stack(
                    ui.tabs(TABS, active=active, label="Your account"),
                    rx.cond(
                        (AccountState.stage == KNOWN) & (AccountState.ready == active),
                        ui.stack(*content),
                        ui.waiting_deeds(2),
                    ),
                ),
            ),
        ),
        active=routes.ACCOUNT,
        width="narrow",
    )


def thing(
    name: Text, *content: Content, first: Flag, remark: Text = "", band: ui.Band
) -> rx.Component:
    """Draw something of a person's as a deed in a list.

    Args:
        name: What it is called.
        content: What there is to know and to do.
        first: Whether it is the one that is taken when nothing is said.
        remark: What that is called in the band.
        band: The colour.
    """
    return rx.el.li(
        rx.el.article(
            rx.el.header(
                rx.el.h2(name),
                rx.cond(first, rx.el.small(remark), rx.fragment()),
                class_name="band",
            ),
            rx.el.div(*content, class_name="pad stack"),
            class_name=f"card band-{band}",
        )
    )


def _stranger(active: str) -> rx.Component:
    return ui.empty(
        "Sign in to see your account",
        "Your name, your vehicles and your cards are kept here.",
        ui.go_link("Sign in", href=routes.sign_in(then=active)),
        ui.go_link("Sign up", href=routes.sign_up(then=active), kind="plain"),
    )


def _gone() -> rx.Component:
    return ui.done(
        "Your account is deleted",
        "What accounts must keep stays, without saying who it was. All else is removed.",
        # Signing out takes the cookie away, and leads to the map.
        ui.button("Go to the map", kind="go", on_click=FrameState.sign_out),
    )
