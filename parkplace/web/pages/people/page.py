"""The sign-in and the sign-up page."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.pages.people import components
from parkplace.web.pages.people.sign_up_state import SignUpState
from parkplace.web.pages.people.state import ASKING, KNOWN, PROVING, SignInState
from parkplace.web.ui.kinds import Text


def sign_in() -> rx.Component:
    """Let people with an account in."""
    state = SignInState
    return framed(
        _staged(
            state.stage,
            components.known(state.name, goal=state.goal),
            ui.card("Welcome back", components.sign_in_form(), band="sky"),
            rx.el.p(
                ui.link("Forgot your password?", href=routes.FORGOT_PASSWORD, class_name="strong")
            ),
            components.other_ways(state.ways),
            components.other_way("No account yet?", "Sign up", href=state.sign_up),
            proving=components.proving(),
        ),
        title="Sign in",
        width="narrow",
    )


def sign_up() -> rx.Component:
    """Make an account."""
    state = SignUpState
    return framed(
        _staged(
            state.stage,
            components.known(state.name, goal=state.goal),
            ui.card("One account for parking and hosting", components.sign_up_form(), band="pink"),
            components.other_ways(state.ways),
            components.other_way("Have an account?", "Sign in", href=state.sign_in),
        ),
        title="Sign up",
        width="narrow",
    )


def _staged(
    stage: Text,
    known: rx.Component,
    *asking: rx.Component,
    proving: rx.Component | None = None,
) -> rx.Component:
    # No form before the page is alive: the browser would put a password into the address.
    waiting = ui.waiting_deeds(1)
    stages = [(ASKING, ui.stack(*asking)), (KNOWN, known)]
    if proving is not None:
        stages.append((PROVING, proving))
    return rx.fragment(rx.match(stage, *stages, waiting))
