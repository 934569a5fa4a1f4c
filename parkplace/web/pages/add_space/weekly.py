"""The opening hours: always, or a row for each weekday."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.pages.add_space import week
from parkplace.web.pages.add_space.state import AddSpaceState
from parkplace.web.ui.kinds import Attributes

ERRORS = AddSpaceState.errors
# In the browser, where the rows are: the first open day's times go into all others.
_COPY = """() => {
  const {elements} = document.getElementById("add-space");
  const days = [0, 1, 2, 3, 4, 5, 6];
  const from = days.find((day) => elements[`open-${day}`].checked) ?? 0;
  for (const day of days) {
    elements[`open-${day}`].checked = true;
    for (const edge of ["opens", "closes"]) {
      elements[`${edge}-${day}`].value = elements[`${edge}-${from}`].value;
    }
  }
  elements["open-0"].dispatchEvent(new Event("input", {bubbles: true}));
}"""


def hours() -> rx.Component:
    """Ask when the space is open."""
    return ui.card(
        "4. When is it open?",
        ui.stack(
            ui.group(
                "Opening hours",
                ui.check_field(
                    "hours", "Always open", value="always", kind="radio", default_checked=True
                ),
                ui.check_field("hours", "By the week", value=week.WEEKLY, kind="radio"),
            ),
            rx.el.div(
                rx.el.p(
                    "On the clock at the space. An end before its start is on the next day.",
                    class_name="soft small",
                ),
                *(_row(day) for day in range(7)),
                ui.row(
                    ui.button(
                        "Copy the first open day to all", on_click=rx.call_function(rx.Var(_COPY))
                    )
                ),
                ui.form_error(ERRORS["weekly"], name="weekly"),
                class_name="week",
            ),
        ),
        band="brown",
    )


def _row(day: int) -> rx.Component:
    name = week.DAYS[day]
    return rx.el.fieldset(
        rx.el.legend(name, class_name="sr"),
        ui.check_field(f"open-{day}", name, default_checked=True),
        rx.el.div(
            _time(day, "opens", f"{name}, from", week.USUAL_OPENS),
            rx.el.span("to", aria_hidden="true"),
            _time(day, "closes", f"{name}, until", week.USUAL_CLOSES),
            class_name="times",
        ),
        rx.el.span("Closed", class_name="closed soft"),
        rx.el.p(AddSpaceState.notes[f"{day}"], class_name="note soft small"),
        rx.el.p(
            ERRORS[f"weekly-{day}"],
            id=f"error-weekly-{day}",
            class_name="error",
            aria_live="polite",
        ),
        class_name="day",
    )


def _time(day: int, edge: str, label: str, usual: str) -> rx.Component:
    described: Attributes = {
        "aria_label": label,
        "aria_describedby": f"error-weekly-{day}",
        "aria_invalid": rx.cond(ERRORS[f"weekly-{day}"], "true", "false"),
    }
    return rx.el.input(
        type="time",
        name=f"{edge}-{day}",
        default_value=usual,
        class_name="input",
        custom_attrs={"id": f"field-{edge}-{day}"},
        **described,
    )
