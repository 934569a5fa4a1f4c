"""The frame around every page: the bar with who is signed in, and the sandbox notice."""

from datetime import timedelta
from typing import Literal

import reflex as rx
from reflex.event import EventSpec

from parkplace.accounts.models import User
from parkplace.accounts.roles import appointed
from parkplace.core import clock
from parkplace.core.settings import get_settings
from parkplace.web import routes, session, ui
from parkplace.web.ui.kinds import Content, Text, given

JUST_NOW = timedelta(minutes=1)  # since signing up


class FrameState(rx.State):
    """Who is signed in, as the bar shows it."""

    known: bool = False
    name: str = ""
    initials: str = ""
    hosts: bool = False
    administers: bool = False
    sandbox: bool = False
    _greeted: bool = False

    @rx.event
    async def load(self) -> EventSpec | None:
        """Look who is there; every page does this first. Who has just signed up is greeted."""
        user = await session.visitor(self)
        self.name = user.name if user else ""
        self.initials = initials(user.name) if user else ""
        self.hosts = user.is_host if user else False
        self.administers = appointed(user) if user else False
        self.sandbox = get_settings().sandbox
        self.known = True
        if user is None or self._greeted or not _is_new(user):
            return None
        self._greeted = True
        return ui.toast(f"Welcome. A letter is on its way to {user.email}: verify it there.")

    @rx.event
    async def sign_out(self) -> EventSpec:
        """End the session and start over on the map."""
        return ui.post_to(routes.SIGN_OUT)


def _is_new(user: User) -> bool:
    return user.email_verified_at is None and user.created_at > clock.utc_now() - JUST_NOW


def initials(name: str) -> str:
    """Return up to two capitals that stand for a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0].upper() for word in chosen) or "?"


def framed(
    *content: Content,
    title: Text = "",
    back: Text = "",
    middle: tuple[Content, ...] = (),
    active: str = "",
    width: Literal["", "narrow", "whole"] = "",
    foot: bool = True,
) -> rx.Component:
    """Put a page's content into the frame.

    Args:
        content: What the page is about.
        title: The page's title, for pages one step down; they get a way back instead of the bar.
        back: Where back leads; empty is the map.
        middle: What stands in the bar beside the logo.
        active: The address of the page, to mark it in the navigation.
        width: `narrow` for forms and passes, `whole` for the map.
        foot: Whether the foot follows.
    """
    one_step_down = not isinstance(title, str) or bool(title)
    bar = (
        ui.title_bar(title, back=back if given(back) else routes.MAP, account=_account())
        if one_step_down
        else ui.bar(*middle, account=_account(), active=active)
    )
    return ui.page(*content, bar=bar, sandbox=FrameState.sandbox, width=width, foot=foot)


def _account() -> rx.Component:
    return ui.account_menu(
        rx.cond(
            FrameState.initials != "",
            rx.fragment(
                ui.menu_link("Account", routes.ACCOUNT),
                rx.cond(
                    FrameState.administers,
                    ui.menu_link("Reports", routes.ADMIN),
                    rx.fragment(),
                ),
                ui.menu_button("Sign out", on_click=FrameState.sign_out),
            ),
            rx.fragment(
                ui.menu_link("Sign in", routes.SIGN_IN),
                ui.menu_link("Sign up", routes.SIGN_UP),
            ),
        ),
        initials=FrameState.initials,
        name=FrameState.name,
    )
