"""The profile page: who one is to others, the address, and hosting."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.account.parts import account_page
from parkplace.web.pages.account.profile_state import HOSTING, ProfileState
from parkplace.web.verifying import VerifyingState


def profile() -> rx.Component:
    """Show what somebody says about themself."""
    return account_page(_about(), _email(), _hosting(), active=routes.ACCOUNT)


def _about() -> rx.Component:
    return ui.card("About you", ui.stack(_picture(), _words()), band="sky")


def _picture() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ProfileState.photo,
            rx.el.img(src=ProfileState.photo, alt="Your picture", class_name="portrait"),
            rx.fragment(),
        ),
        rx.el.div(
            ui.file_field(
                "photo",
                "Your picture",
                on_pick=ProfileState.send_photo,
                action=rx.cond(ProfileState.photo, "Choose another", "Choose a picture"),
                hint="JPEG, PNG or WebP, up to 10 MB. The place it was taken at is removed.",
                error=ProfileState.photo_error,
            ),
            rx.cond(
                ProfileState.photo,
                ui.button("Remove it", on_click=ProfileState.remove_photo),
                rx.fragment(),
            ),
        ),
        class_name="about-me",
    )


def _words() -> rx.Component:
    wrong = ProfileState.wrong
    return ui.form(
        ui.text_field(
            "name",
            "Name",
            hint="What we call you. Only we and the people of your bookings see it.",
            error=wrong["name"],
            required=True,
            auto_complete="name",
            default_value=ProfileState.name,
        ),
        ui.text_field(
            "public_name",
            "Name for everybody else",
            hint="Empty shows your first name.",
            error=wrong["public_name"],
            auto_complete="nickname",
            default_value=ProfileState.public_name,
        ),
        ui.area_field(
            "about",
            "About you",
            hint="A few words for the people you park with.",
            error=wrong["about"],
            default_value=ProfileState.about,
        ),
        on_submit=ProfileState.save,
        action="Save",
        pending=ProfileState.busy == "profile",
        error=wrong[""],
        name="profile",
        label="About you",
    )


def _email() -> rx.Component:
    state = ProfileState
    return ui.card(
        "E-mail",
        ui.stack(
            ui.row(
                rx.el.strong(state.email),
                rx.cond(
                    state.verified,
                    rx.el.span("Verified", class_name="soft"),
                    rx.el.span("Not verified yet", class_name="tag"),
                ),
            ),
            rx.cond(state.verified, rx.fragment(), _unverified()),
            rx.el.details(
                rx.el.summary("Move to another address"),
                _move(),
                class_name="fold",
            ),
        ),
        band="yellow",
    )


def _move() -> rx.Component:
    state = ProfileState
    return ui.form(
        ui.text_field(
            "new_email",
            "New address",
            hint="We write to both. The account moves when both have agreed.",
            kind="email",
            error=state.email_error,
            required=True,
            auto_complete="email",
            auto_capitalize="none",
            spell_check=False,
        ),
        on_submit=state.move,
        action="Write to both addresses",
        kind="plain",
        pending=state.busy == "email",
        name="move",
        label="Move to another address",
    )


def _unverified() -> rx.Component:
    return ui.stack(
        rx.el.p(
            "We sent a letter there when you signed up. Open its link and press the button: then "
            "you can host, and switch on two-factor sign-in."
        ),
        ui.row(
            ui.button(
                "Send the letter again",
                on_click=VerifyingState.resend,
                pending=VerifyingState.pending,
            )
        ),
    )


def _hosting() -> rx.Component:
    state = ProfileState
    busy = state.busy == "host"
    return ui.card(
        "Hosting",
        rx.cond(
            state.hosts,
            ui.stack(
                rx.el.p("You host. Your spaces and their bookings are on your host page."),
                ui.row(
                    ui.go_link("Your spaces", href=routes.HOST, kind="plain"),
                    ui.button("Stop hosting", id=HOSTING, on_click=state.host(False), pending=busy),
                ),
            ),
            ui.stack(
                rx.el.p("A driveway, a garage, a bay: as a host you list it and are paid for it."),
                ui.row(
                    ui.button("Become a host", id=HOSTING, on_click=state.host(True), pending=busy)
                ),
            ),
        ),
        band="pink",
    )
