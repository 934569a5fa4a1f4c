"""The page of what is kept about somebody: taking it along, the log, and the end."""

import reflex as rx
from reflex_components_core.el.elements.inline import A

from parkplace.web import routes, ui
from parkplace.web.pages.account import view
from parkplace.web.pages.account.data_state import DIALOG, DataState
from parkplace.web.pages.account.parts import account_page


def data() -> rx.Component:
    """Show what is kept, and what happened on the account."""
    return account_page(_export(), _log(), _leaving(), _dialog(), active=routes.ACCOUNT_DATA)


def _export() -> rx.Component:
    return ui.card(
        "Take your data along",
        ui.stack(
            rx.el.p(
                "One file with all that is kept about you: your profile, vehicles, bookings, "
                "payments, reports and letters. It is JSON, which programs and people can read."
            ),
            ui.row(
                A.create("Download my data", href=routes.EXPORT, download=True, class_name="button")
            ),
        ),
        band="sky",
    )


def _log() -> rx.Component:
    state = DataState
    return ui.card(
        "What happened on your account",
        ui.stack(
            rx.cond(
                state.happened,
                rx.el.ul(rx.foreach(state.happened, _happened), class_name="entries"),
                rx.el.p("Nothing further back."),
            ),
            ui.turn_page("Older", onwards=state.older, back=state.further),
        ),
        band="yellow",
    )


def _happened(deed: view.Happened) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(deed.what),
            rx.el.p(ui.moment(deed.at, locale=DataState.locale), deed.facts, class_name="meta"),
        ),
        key=deed.id,
    )


def _leaving() -> rx.Component:
    state = DataState
    return ui.card(
        "Delete your account",
        ui.stack(
            rx.el.p(
                "Your name, address, vehicles, cards and picture are removed for good. What the "
                "law makes us keep of payments stays, without saying whose they were."
            ),
            rx.cond(
                state.obstacle,
                rx.el.p(rx.el.strong("Not yet. "), state.obstacle),
                rx.cond(state.has_password, _button(), _no_password()),
            ),
        ),
        band="red",
    )


def _button() -> rx.Component:
    return ui.row(ui.button("Delete my account", kind="danger", on_click=ui.open_dialog(DIALOG)))


def _no_password() -> rx.Component:
    return rx.el.p(
        "You sign in without a password, and deleting asks for one. ",
        ui.link("Choose one by e-mail", href=routes.FORGOT_PASSWORD),
        " first.",
    )


def _dialog() -> rx.Component:
    state = DataState
    return ui.modal(
        rx.el.form(
            rx.el.p("This cannot be taken back. Nobody can bring it back, not even we."),
            ui.password_field(
                "password",
                "Your password",
                auto_complete="current-password",
                error=state.wrong["password"],
            ),
            rx.cond(state.two_factor, _code(), rx.fragment()),
            ui.form_error(state.wrong[""], name="delete"),
            ui.actions(
                ui.button("Keep it", on_click=ui.close_dialog(DIALOG)),
                ui.button("Delete for good", kind="danger", submit=True, pending=state.busy),
            ),
            id="delete",
            class_name="form",
            no_validate=True,
            on_submit=state.leave,
            aria_label="Delete your account",
        ),
        dialog_id=DIALOG,
        title="Delete your account?",
    )


def _code() -> rx.Component:
    return ui.text_field(
        "code",
        "Code",
        hint="The six digits that your app shows, or a recovery code.",
        error=DataState.wrong["code"],
        required=True,
        auto_complete="one-time-code",
        input_mode="numeric",
        spell_check=False,
    )
