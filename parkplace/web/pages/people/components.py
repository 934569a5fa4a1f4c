"""The parts of signing in and signing up."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.pages.people.entering import Way
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import SignInState
from parkplace.web.ui.kinds import Content, Text
from parkplace.web.words import PASSWORD_RULE


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
        rx.cond(SignInState.needs_code, _code_field(), rx.fragment()),
        on_submit=SignInState.submit,
        action="Sign in",
        pending=SignInState.pending,
        error=SignInState.error,
        name="sign-in",
        label="Sign in",
    )


def proving() -> rx.Component:
    """Ask who is back from a provider for their code."""
    said = rx.el.p(SignInState.through, " knows you. Your account asks for a code as well.")
    asked = ui.form(
        _code_field(),
        on_submit=SignInState.prove,
        action="Sign in",
        pending=SignInState.pending,
        error=SignInState.error,
        name="prove",
        label="Second step",
    )
    another = ui.outside("Sign in another way", href=SignInState.another, class_name="strong")
    return ui.stack(ui.card("One more step", said, asked, band="sky"), rx.el.p(another))


def _code_field() -> rx.Component:
    return ui.text_field(
        "code",
        "Code",
        hint="The six digits that your authenticator app shows, or one of your recovery codes.",
        error=SignInState.code_error,
        required=True,
        input_mode="numeric",
        auto_complete="one-time-code",
        auto_focus=True,
    )


def other_ways(ways: list[Way] | rx.Var[list[Way]]) -> rx.Component:
    """Offer the ways in through providers; nothing where the operator has none."""
    return rx.cond(
        ways,
        ui.stack(
            rx.foreach(
                ways, lambda way: ui.outside(way.label, href=way.href, class_name="button wide")
            ),
            gap="tight",
        ),
        rx.fragment(),
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
            hint=PASSWORD_RULE,
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
