"""The pages behind letters' links, and the one that sends such a letter.

Opening them changes nothing: mail scanners open every link, and some run its scripts.
"""

import reflex as rx

from parkplace.accounts.addresses import Step
from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.pages.people import letters_components as components
from parkplace.web.pages.people.forgot_state import SENT, ForgotState
from parkplace.web.pages.people.move_state import STOPPED, MoveState
from parkplace.web.pages.people.reset_state import DONE, GONE, ResetState
from parkplace.web.pages.people.state import ASKING
from parkplace.web.pages.people.verify_state import VerifyState


def forgot_password() -> rx.Component:
    """Send the link by which a forgotten password is replaced."""
    return framed(
        rx.match(
            ForgotState.stage,
            (ASKING, ui.card("Forgot your password?", components.forgot_form(), band="sky")),
            (SENT, components.sent()),
            ui.waiting_deeds(1),
        ),
        title="Forgot your password?",
        back=routes.SIGN_IN,
        width="narrow",
    )


def reset_password() -> rx.Component:
    """Choose a new password."""
    again = ui.go_link("Send a new link", href=routes.FORGOT_PASSWORD)
    return framed(
        rx.match(
            ResetState.stage,
            (ASKING, ui.card("Choose a new password", components.reset_form(), band="sky")),
            (DONE, components.changed()),
            (GONE, components.gone("It was used before, or is more than an hour old.", again)),
            ui.waiting_deeds(1),
        ),
        title="New password",
        width="narrow",
    )


def verify_email() -> rx.Component:
    """Verify an address."""
    gone = components.gone(
        "It was used before, or is more than a day old. If your address is verified, all is well. "
        "If not, begin to list a space: there you can have a new letter.",
        ui.go_link("Open the map", href=routes.MAP),
        ui.go_link("List a space", href=routes.ADD_SPACE, kind="plain"),
    )
    return framed(
        rx.match(
            VerifyState.stage,
            (ASKING, components.verify_card()),
            (DONE, components.verified()),
            (GONE, gone),
            ui.waiting_deeds(1),
        ),
        title="Your address",
        width="narrow",
    )


def confirm_email() -> rx.Component:
    """Agree to an account's move, or stop it."""
    gone = components.gone(
        "It was used before, is more than a day old, or the move is off.",
        ui.go_link("Open the map", href=routes.MAP),
    )
    return framed(
        rx.match(
            MoveState.stage,
            (ASKING, components.move_card()),
            (f"moved-{Step.WAITING}", components.half_moved()),
            (f"moved-{Step.DONE}", components.moved()),
            (f"moved-{Step.TAKEN}", components.taken()),
            (STOPPED, components.stopped()),
            (GONE, gone),
            ui.waiting_deeds(1),
        ),
        title="Your address",
        width="narrow",
    )
