"""The parts of signing in and signing up."""

import reflex as rx

from parkplace.accounts.passwords import MOST
from parkplace.accounts.strength import LEAST
from parkplace.web import ui
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import SignInState
from parkplace.web.ui.kinds import Content, Text

RULE = (
    f"{LEAST} to {MOST} characters that are hard to guess: four unrelated words do, or let your "
    "password manager make one."
)


def sign_in_form() -> rx.Component:
    """Ask who it is."""
    return ui.form(
        ui.text_field(
            "email",
            "E-mail",
            kind="email",
            required=True,
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
        ),
        ui.password_field("password", "Password", auto_complete="current-password"),
        on_submit=SignInState.submit,
        action="Sign in",
        pending=SignInState.pending,
        error=SignInState.error,
        name="sign-in",
        label="Sign in",
    )


def sign_up_form() -> rx.Component:
    """Ask for what an account needs."""
    return ui.form(
        ui.text_field(
            "name",
            "Name",
            hint="What drivers and hosts call you.",
            error=SignUpState.errors["name"],
            required=True,
            auto_complete="name",
        ),
        _address(),
        ui.password_field(
            "password",
            "Password",
            auto_complete="new-password",
            hint=RULE,
            error=SignUpState.errors["password"],
        ),
        on_submit=SignUpState.submit,
        action="Make an account",
        pending=SignUpState.pending,
        error=SignUpState.errors[""],
        name="sign-up",
        label="Sign up",
    )


def _address() -> rx.Component:
    taken = rx.el.p(ui.link("Sign in with this address", href=SignUpState.sign_in))
    return ui.stack(
        ui.text_field(
            "email",
            "E-mail",
            hint="For bookings and receipts.",
            kind="email",
            error=SignUpState.errors["email"],
            required=True,
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
        ),
        rx.cond(SignUpState.taken, taken, rx.fragment()),
        gap="tight",
    )


def known(name: Text, *, goal: Text) -> rx.Component:
    """Say who is signed in already, and lead on."""
    return ui.done(
        "You are signed in",
        rx.fragment("As ", rx.el.strong(name), ". Sign out in the menu to be somebody else."),
        # A document of its own, as the goal need not be one of our pages.
        ui.outside("Go on", href=goal, class_name="button go"),
    )


def other_way(question: Content, answer: str, *, href: Text) -> rx.Component:
    """Lead to the page for those who came to the wrong one of the two."""
    return rx.el.p(question, " ", ui.link(answer, href=href, class_name="strong"))
