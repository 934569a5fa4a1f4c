"""The page of somebody's vehicles."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.account import view
from parkplace.web.pages.account.parts import account_page, thing
from parkplace.web.pages.account.vehicles_state import ADD, DIALOG, VehiclesState


def vehicles() -> rx.Component:
    """Show which vehicles somebody drives."""
    state = VehiclesState
    return account_page(
        rx.cond(
            state.cars,
            ui.stack(
                rx.el.ul(rx.foreach(state.cars, _car), class_name="deeds"),
                rx.cond(
                    state.full,
                    rx.fragment(),
                    ui.row(_add()),
                ),
            ),
            ui.empty(
                "No vehicles yet",
                "Add one, and its plate is filled in when you book.",
                _add(),
            ),
        ),
        _dialog(),
        ui.confirm(
            dialog_id="remove-vehicle",
            question="Remove this vehicle?",
            detail="Bookings you have made keep its plate.",
            action="Remove it",
            on_confirm=state.remove,
        ),
        active=routes.ACCOUNT_VEHICLES,
    )


def _add() -> rx.Component:
    return ui.button("Add a vehicle", id=ADD, kind="go", on_click=VehiclesState.add)


def _car(car: view.Car) -> rx.Component:
    state = VehiclesState
    return thing(
        car.name,
        rx.el.div(
            ui.plate(car.plate, region=car.region),
            rx.el.p(car.facts, class_name="meta"),
        ),
        ui.row(
            ui.button("Change", on_click=state.edit(car.id), aria_label=f"Change {car.name}"),
            rx.cond(
                car.is_default,
                rx.fragment(),
                ui.button(
                    "Make it the first choice",
                    on_click=state.make_default(car.id),
                    pending=state.busy == car.id,
                    aria_label=f"Make {car.name} the first choice",
                ),
            ),
            ui.button("Remove", on_click=state.ask(car.id), aria_label=f"Remove {car.name}"),
        ),
        first=car.is_default,
        remark="First choice",
        band="sky",
    )


def _dialog() -> rx.Component:
    state = VehiclesState
    return ui.modal(
        # Another key, another form: what stood in the one before does not stay.
        rx.fragment(rx.el.div(_form(), key=state.form)),
        dialog_id=DIALOG,
        title=rx.cond(state.editing, "Change the vehicle", "Add a vehicle"),
    )


def _form() -> rx.Component:
    state = VehiclesState
    kinds = [(str(kind), label) for kind, label in view.KINDS.items()]
    return ui.form(
        ui.columns(
            _field("plate", "Plate", required=True, auto_capitalize="characters"),
            _field("region", "Region", hint="Such as NY, or D."),
        ),
        ui.columns(
            ui.select_field("kind", "Kind", kinds, default_value=state.typed["kind"]),
            _field("nickname", "What you call it"),
        ),
        ui.columns(
            _size("height_cm", "Height"),
            _size("length_cm", "Length"),
            _size("width_cm", "Width"),
            count="three",
        ),
        on_submit=state.save,
        action="Save",
        pending=state.busy == "form",
        error=state.wrong[""],
        name="vehicle-form",
        label="Vehicle",
    )


def _field(
    name: str,
    label: str,
    *,
    hint: str = "",
    required: bool = False,
    auto_capitalize: str = "sentences",
) -> rx.Component:
    state = VehiclesState
    return ui.text_field(
        name,
        label,
        hint=hint,
        error=state.wrong[name],
        required=required,
        auto_capitalize=auto_capitalize,
        default_value=state.typed[name],
    )


def _size(name: str, label: str) -> rx.Component:
    state = VehiclesState
    return ui.text_field(
        name,
        label,
        unit="m",
        error=state.wrong[name],
        input_mode="decimal",
        default_value=state.typed[name],
    )
