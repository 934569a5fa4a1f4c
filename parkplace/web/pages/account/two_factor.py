"""The dialogs of two-factor sign-in."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.pages.account.two_factor_state import (
    ASK,
    CODES,
    DIALOG,
    KEPT,
    OFF_DIALOG,
    QR,
    RENEW_DIALOG,
    SCAN,
    SECRET,
    TwoFactorState,
)


def dialogs() -> tuple[rx.Component, ...]:
    """Return what switches it on and off, and makes new recovery codes."""
    return (_on(), _off(), _renew())


def _on() -> rx.Component:
    return ui.modal(
        _step(ASK, _ask()),
        _step(SCAN, _scan()),
        _step(CODES, _codes()),
        dialog_id=DIALOG,
        title="Two-factor sign-in",
        on_close=TwoFactorState.forget,
    )


def _step(step: str, content: rx.Component) -> rx.Component:
    # Always in the page: what is shown once goes straight into it.
    return rx.el.div(content, hidden=TwoFactorState.step != step)


def _ask() -> rx.Component:
    state = TwoFactorState
    return ui.form(
        rx.cond(
            state.has_password,
            ui.password_field(
                "password",
                "Your password",
                auto_complete="current-password",
                hint="So that nobody does this at a screen you left.",
                error=state.wrong["password"],
            ),
            rx.el.p("You need an authenticator app: any will do."),
        ),
        on_submit=state.set_up,
        action="Go on",
        pending=state.busy == "set-up",
        error=state.wrong[""],
        name="set-up",
        label="Begin",
    )


def _scan() -> rx.Component:
    state = TwoFactorState
    return ui.stack(
        rx.el.p("Scan this with your authenticator app, or type the key below into it."),
        ui.shown_picture(QR, alt="The key below, as a picture to scan"),
        ui.shown_text(SECRET, label="The key"),
        ui.form(
            _code_field("code", "The code it shows now"),
            on_submit=state.switch_on,
            action="Switch on",
            pending=state.busy == "switch-on",
            error=state.wrong[""],
            name="switch-on",
            label="Switch on",
        ),
    )


def _codes() -> rx.Component:
    return ui.stack(
        rx.el.p(
            "Two-factor sign-in is on. If you ever lose the app, one of these codes lets you in, "
            "each once. Keep them with your passwords, or on paper: they are shown only now."
        ),
        ui.shown_text(KEPT, label="Recovery codes"),
        ui.row(
            ui.button("Copy", on_click=ui.copy_shown(KEPT)),
            ui.button("Save as a file", on_click=ui.save_shown(KEPT, "park-place-codes.txt")),
        ),
        ui.button("I have kept them", kind="go", wide=True, on_click=ui.close_dialog(DIALOG)),
    )


def _off() -> rx.Component:
    state = TwoFactorState
    return ui.modal(
        ui.form(
            rx.cond(
                state.has_password,
                ui.password_field(
                    "off_password",
                    "Your password",
                    auto_complete="current-password",
                    error=state.wrong["off_password"],
                ),
                rx.fragment(),
            ),
            _code_field("off_code", "A code of your app, or a recovery code"),
            on_submit=state.switch_off,
            action="Switch off",
            kind="danger",
            pending=state.busy == "off",
            error=state.wrong[""],
            name="switch-off",
            label="Switch off",
        ),
        dialog_id=OFF_DIALOG,
        title="Switch two-factor sign-in off?",
    )


def _renew() -> rx.Component:
    state = TwoFactorState
    return ui.modal(
        rx.el.p("The codes you have kept so far will open nothing any more."),
        ui.form(
            _code_field("renew_code", "The code your app shows now"),
            on_submit=state.renew,
            action="Make new codes",
            pending=state.busy == "renew",
            error=state.wrong[""],
            name="renew",
            label="New recovery codes",
        ),
        dialog_id=RENEW_DIALOG,
        title="New recovery codes",
    )


def _code_field(name: str, label: str) -> rx.Component:
    return ui.text_field(
        name,
        label,
        error=TwoFactorState.wrong[name],
        required=True,
        auto_complete="one-time-code",
        input_mode="numeric",
        spell_check=False,
    )
