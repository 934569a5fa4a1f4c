"""The parts of the pages behind letters' links."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.people.forgot_state import ForgotState
from parkplace.web.pages.people.move_state import MoveState
from parkplace.web.pages.people.reset_state import ResetState
from parkplace.web.pages.people.verify_state import VerifyState
from parkplace.web.ui.kinds import Content
from parkplace.web.words import PASSWORD_RULE


def forgot_form() -> rx.Component:
    """Ask for the address of the account."""
    state = ForgotState
    return ui.form(
        rx.el.p("We send a link to choose another. It works for an hour."),
        ui.text_field(
            "email",
            "E-mail",
            kind="email",
            error=state.errors["email"],
            required=True,
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
        ),
        on_submit=state.submit,
        action="Send the link",
        pending=state.pending,
        error=state.errors[""],
        name="forgot-password",
        label="Forgot your password?",
    )


def sent() -> rx.Component:
    """Say the same for every address."""
    return ui.done(
        "Look into your mailbox",
        rx.fragment(
            "If ",
            rx.el.strong(ForgotState.email),
            " has an account, a letter is on its way. No letter? Look among the spam, or check the "
            "address.",
        ),
        ui.button("Try again", on_click=ForgotState.load),
    )


def reset_form() -> rx.Component:
    """Ask for a new password."""
    state = ResetState
    return ui.form(
        # Hidden from people; password managers learn from it whose password they keep.
        rx.el.input(
            type="email",
            name="email",
            value=state.email,
            auto_complete="username",
            read_only=True,
            hidden=True,
        ),
        ui.password_field(
            "password",
            "New password",
            auto_complete="new-password",
            hint=PASSWORD_RULE,
            error=state.errors["password"],
        ),
        rx.el.p("Everybody who is signed in to your account is signed out then."),
        on_submit=state.submit,
        action="Change the password",
        pending=state.pending,
        error=state.errors[""],
        name="reset-password",
        label="Choose a new password",
    )


def changed() -> rx.Component:
    """Say that the password is another one."""
    return ui.done(
        "Your password is changed",
        "You are signed out everywhere. Sign in with the new one.",
        ui.go_link("Sign in", href=routes.SIGN_IN),
    )


def verify_card() -> rx.Component:
    """Ask for the press of the button."""
    state = VerifyState
    return ui.card(
        "Is this address yours?",
        ui.stack(
            rx.el.p(rx.el.strong(state.email)),
            rx.el.p("Press only if you made an account with it. If somebody else did, close this."),
            ui.form_error(state.error),
            ui.button(
                "Yes, verify it", kind="go", wide=True, on_click=state.press, pending=state.pending
            ),
        ),
        band="sky",
    )


def verified() -> rx.Component:
    """Say that the address is verified."""
    return ui.done(
        "Your address is verified",
        "Bookings made with it are in your account, and you can list a space of your own.",
        ui.go_link("Open the map", href=routes.MAP),
        ui.go_link("List a space", href=routes.ADD_SPACE, kind="plain"),
    )


def move_card() -> rx.Component:
    """Ask whether the account shall move; whoever has it now can also stop that."""
    state = MoveState
    return ui.card(
        rx.cond(state.leaving, "Move your account?", "Is this your new address?"),
        ui.stack(
            rx.cond(
                state.leaving,
                rx.el.p("You would sign in, and get letters, with"),
                rx.el.p("Your Park Place account would move to"),
            ),
            rx.el.p(rx.el.strong(state.email)),
            ui.form_error(state.error),
            ui.button(
                rx.cond(state.leaving, "Yes, move it", "Yes, it is mine"),
                kind="go",
                wide=True,
                on_click=state.agree,
                pending=state.pending,
            ),
            rx.cond(state.leaving, _not_me(), rx.fragment()),
        ),
        band="sky",
    )


def _not_me() -> rx.Component:
    return ui.stack(
        rx.el.p("You did not ask for this? Then somebody else is in your account."),
        ui.button(
            "This was not me: stop it and sign everybody out",
            kind="danger",
            wide=True,
            on_click=MoveState.stop,
            pending=MoveState.pending,
        ),
    )


def half_moved() -> rx.Component:
    """Say what is still missing."""
    return ui.done(
        "One address has agreed",
        "Now press the button behind the link in the other mailbox. Then the account moves.",
        ui.go_link("Open the map", href=routes.MAP),
    )


def moved() -> rx.Component:
    """Say that the account has moved."""
    return ui.done(
        "Your account has moved",
        rx.fragment("From now on you sign in with ", rx.el.strong(MoveState.email), "."),
        ui.go_link("Open the map", href=routes.MAP),
    )


def taken() -> rx.Component:
    """Say that somebody else was faster."""
    return ui.wrong(
        "Another account has this address by now",
        "Yours stays where it is. Begin again with another address, or sign in with this one.",
        ui.go_link("Sign in", href=routes.SIGN_IN),
    )


def stopped() -> rx.Component:
    """Say that the move is off, and what to do next."""
    return ui.done(
        "Stopped",
        "Your account stays where it is, and everybody is signed out of it. Choose a new password "
        "now: somebody may know the old one.",
        ui.go_link("Choose a new password", href=routes.FORGOT_PASSWORD),
    )


def gone(text: Content, *actions: rx.Component) -> rx.Component:
    """Say that a link does nothing any more."""
    return ui.empty("This link does nothing any more", text, *actions)
