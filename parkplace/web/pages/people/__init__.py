"""Signing in and signing up, and the pages behind the links of letters about an account."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.people import letters_page, page
from parkplace.web.pages.people.forgot_state import ForgotState
from parkplace.web.pages.people.move_state import MoveState
from parkplace.web.pages.people.reset_state import ResetState
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import SignInState
from parkplace.web.pages.people.verify_state import VerifyState


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
    _add_letters_pages(app)


def _add_letters_pages(app: rx.App) -> None:
    app.add_page(
        letters_page.forgot_password,
        route=routes.FORGOT_PASSWORD,
        title="Forgot your password? · Park Place",
        on_load=[FrameState.load, ForgotState.load],
    )
    app.add_page(
        letters_page.reset_password,
        route=routes.RESET_PASSWORD,
        title="New password · Park Place",
        on_load=[FrameState.load, ResetState.load],
    )
    app.add_page(
        letters_page.verify_email,
        route=routes.VERIFY_EMAIL,
        title="Your address · Park Place",
        on_load=[FrameState.load, VerifyState.load],
    )
    app.add_page(
        letters_page.confirm_email,
        route=routes.CONFIRM_EMAIL,
        title="Your address · Park Place",
        on_load=[FrameState.load, MoveState.load],
    )
