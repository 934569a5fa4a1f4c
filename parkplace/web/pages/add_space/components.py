"""The form as a whole, the deed it makes, and the buttons that send it."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.add_space import steps, view, weekly
from parkplace.web.pages.add_space.place_state import PlaceState
from parkplace.web.pages.add_space.state import AddSpaceState
from parkplace.web.verifying import unverified

FORM = "add-space"
_SAVE = f"""() => {{
  const form = document.getElementById("{FORM}");
  form.elements.listing.value = "{view.DRAFT}";
  form.requestSubmit();
  form.elements.listing.value = "published";
}}"""


def stranger() -> rx.Component:
    """Ask people to sign in first; they come back here."""
    return ui.empty(
        "Sign in to list your space",
        "It takes a minute to make an account. You come back here, and what you typed stays.",
        ui.go_link("Sign in", href=routes.sign_in(then=routes.ADD_SPACE)),
        ui.go_link("Sign up", href=routes.sign_up(then=routes.ADD_SPACE), kind="plain"),
    )


def newcomer() -> rx.Component:
    """Ask people to verify their address first; drivers are to find hosts who can be reached."""
    return unverified(
        AddSpaceState.email,
        why="Then you can list your space.",
        again=AddSpaceState.load,
    )


def form() -> rx.Component:
    """Ask for all but the pin, which the map writes into it."""
    return rx.el.form(
        ui.keep(AddSpaceState.kept, on_typed=[AddSpaceState.typed, PlaceState.typed]),
        _hidden("lat"),
        _hidden("lng"),
        _hidden("listing", "published"),
        steps.what(),
        steps.price(),
        weekly.hours(),
        steps.drivers(),
        steps.photos(),
        id=FORM,
        class_name="form",
        no_validate=True,
        aria_label="Your space",
        on_submit=AddSpaceState.submit,
    )


def _hidden(name: str, value: str = "") -> rx.Component:
    return rx.el.input(
        type="hidden", name=name, default_value=value, custom_attrs={"id": f"field-{name}"}
    )


def preview() -> rx.Component:
    """Show the deed that drivers will see."""
    deed = AddSpaceState.preview
    return rx.el.section(
        rx.el.h2("What drivers will see"),
        rx.el.article(
            rx.el.header(
                rx.cond(deed.neighbourhood, deed.neighbourhood, "Where it is"), class_name="band"
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.h3(deed.name),
                    rx.cond(deed.facts, rx.el.p(deed.facts, class_name="meta"), rx.fragment()),
                    rx.foreach(deed.hours, lambda line: rx.el.p(line, class_name="meta")),
                ),
                rx.cond(
                    deed.price,
                    ui.price_of_stay(deed.price, deed.note),
                    rx.el.p("No price yet", class_name="soft small"),
                ),
                class_name="body",
            ),
            class_name=["deed", rx.cond(deed.band, f"band-{deed.band}", "")],
        ),
        class_name="stack tight",
        aria_label="What drivers will see",
    )


def sending() -> rx.Component:
    """Publish, or save for later."""
    count = AddSpaceState.wrong
    return ui.stack(
        ui.form_error(AddSpaceState.errors[""]),
        rx.cond(
            count > 0,
            rx.el.p(
                rx.cond(count == 1, "One thing needs a look.", f"{count} things need a look."),
                class_name="error",
                role="status",
            ),
            rx.fragment(),
        ),
        ui.button(
            "Publish", kind="go", submit=True, wide=True, form=FORM, pending=AddSpaceState.pending
        ),
        ui.button(
            "Save as draft",
            wide=True,
            on_click=rx.call_function(rx.Var(_SAVE)),
            pending=AddSpaceState.pending,
        ),
        gap="tight",
    )
