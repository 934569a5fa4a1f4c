"""The safety page: the password, the second factor, and devices."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.account import view
from parkplace.web.pages.account.parts import account_page
from parkplace.web.pages.account.password_state import PasswordState
from parkplace.web.pages.account.sessions_state import LIST, SessionsState
from parkplace.web.pages.account.two_factor import dialogs
from parkplace.web.pages.account.two_factor_state import (
    NEW_CODES,
    OFF_DIALOG,
    RENEW_DIALOG,
    TwoFactorState,
)
from parkplace.web.pages.account.ways_state import DIALOG as WAYS_DIALOG
from parkplace.web.pages.account.ways_state import WaysState
from parkplace.web.words import PASSWORD_RULE


def safety() -> rx.Component:
    """Show how somebody signs in, and where."""
    return account_page(
        _password(), _second_factor(), _ways(), _devices(), *dialogs(), active=routes.ACCOUNT_SAFETY
    )


def _password() -> rx.Component:
    return ui.card(
        "Password",
        rx.cond(
            TwoFactorState.has_password,
            _password_form(),
            rx.el.p(
                "You sign in without one. To have one too, ",
                ui.link("choose it by e-mail", href=routes.FORGOT_PASSWORD),
                ".",
            ),
        ),
        band="sky",
    )


def _password_form() -> rx.Component:
    wrong = PasswordState.wrong
    return ui.form(
        ui.password_field(
            "current",
            "Your password",
            auto_complete="current-password",
            error=wrong["current"],
        ),
        ui.password_field(
            "new",
            "New password",
            auto_complete="new-password",
            hint=PASSWORD_RULE,
            error=wrong["new"],
        ),
        on_submit=PasswordState.change,
        action="Change the password",
        kind="plain",
        pending=PasswordState.busy,
        error=wrong[""],
        name="password",
        label="Change the password",
    )


def _second_factor() -> rx.Component:
    state = TwoFactorState
    return ui.card(
        "Two-factor sign-in",
        rx.cond(
            state.on,
            ui.stack(
                rx.el.p(
                    "On: signing in takes a code of your app too. ",
                    rx.el.strong(state.left),
                    " recovery codes are left.",
                ),
                ui.row(
                    ui.button(
                        "New recovery codes", id=NEW_CODES, on_click=ui.open_dialog(RENEW_DIALOG)
                    ),
                    ui.button("Switch off", on_click=ui.open_dialog(OFF_DIALOG)),
                ),
            ),
            ui.stack(
                rx.el.p(
                    "Off. With it, nobody gets in with your password alone: an app on your phone "
                    "shows a code that changes every half minute."
                ),
                ui.row(ui.button("Switch on", kind="go", on_click=state.begin)),
            ),
        ),
        band="green",
    )


def _ways() -> rx.Component:
    state = WaysState
    return rx.cond(
        state.ways,
        ui.card(
            "Other ways in",
            rx.el.ul(rx.foreach(state.ways, _way), class_name="entries"),
            ui.confirm(
                dialog_id=WAYS_DIALOG,
                question="Take this way in away?",
                detail="It opens your account no more. Your other ways in stay.",
                action="Take it away",
                on_confirm=state.remove,
            ),
            band="pink",
        ),
        rx.fragment(),
    )


def _way(way: view.Way) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.strong(way.name)),
        ui.button("Remove", on_click=WaysState.ask(way.id), aria_label=f"Remove {way.name}"),
        key=way.id,
    )


def _devices() -> rx.Component:
    state = SessionsState
    return ui.card(
        "Where you are signed in",
        ui.stack(
            rx.el.ul(
                rx.foreach(state.devices, _device), id=LIST, tab_index=-1, class_name="entries"
            ),
            rx.cond(
                state.elsewhere,
                ui.row(
                    ui.button(
                        "Sign out everywhere else",
                        on_click=state.end_others,
                        pending=state.busy == "others",
                    )
                ),
                rx.fragment(),
            ),
        ),
        band="orange",
    )


def _device(device: view.Device) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(device.name),
            rx.cond(device.here, rx.el.span("This one", class_name="tag"), rx.fragment()),
            rx.el.p(device.facts, class_name="meta"),
        ),
        rx.cond(
            device.here,
            rx.fragment(),
            ui.button(
                "Sign out",
                on_click=SessionsState.end(device.id),
                pending=SessionsState.busy == device.id,
                aria_label=f"Sign out {device.name}",
            ),
        ),
        key=device.id,
    )
