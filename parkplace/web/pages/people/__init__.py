"""Signing in and signing up."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.people import page
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import SignInState


def add_pages(app: rx.App) -> None:
    """Add the pages to the app."""
    app.add_page(
        page.sign_in,
        route=routes.SIGN_IN,
        title="Sign in · Park Place",
        on_load=[FrameState.load, SignInState.load],
    )
    app.add_page(
        page.sign_up,
        route=routes.SIGN_UP,
        title="Sign up · Park Place",
        on_load=[FrameState.load, SignUpState.load],
    )
