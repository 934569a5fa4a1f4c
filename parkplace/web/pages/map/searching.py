"""The search: a form in the bar where there is room, behind a pill on phones."""

from typing import Literal

import reflex as rx
from reflex.event import EventSpec

from parkplace.web import ui
from parkplace.web.pages.map.place_field import place_field
from parkplace.web.pages.map.search_state import SearchState
from parkplace.web.pages.map.state import MapState
from parkplace.web.pages.map.view import WAITING

HERE_LABEL = "Use my location"
Place = Literal["bar", "sheet"]

_TO_THE_TIME = """() => {
  const field = document.getElementById("bar-from");
  if (field?.checkVisibility()) return field.focus();
  document.getElementById("search-sheet")?.showModal();
  document.getElementById("sheet-from")?.focus();
}"""


def in_bar() -> tuple[rx.Component, ...]:
    """Draw what stands in the bar: the form where there is room, a pill on phones."""
    said = MapState.said.summary
    where = rx.cond(said.where != "", said.where, "On this map")
    return (
        _form("bar"),
        ui.search_pill(where=where, when=said.when),
    )


def sheet() -> rx.Component:
    """Draw the dialog that the pill opens."""
    return ui.search_sheet(rx.fragment(_form("sheet"), _located()))


def to_the_time() -> EventSpec:
    """Bring people to the field where the stay begins, wherever the form is."""
    return rx.call_function(rx.Var(_TO_THE_TIME))


def _form(place: Place) -> rx.Component:
    said = MapState.said.summary
    return rx.el.form(
        place_field(
            *([_located_in_field()] if place == "bar" else []),
            id=f"{place}-where",
            label="Where",
            value=said.where,
            at=said.at,
            options=SearchState.options,
            offered_for=SearchState.offered_for,
            submits=place == "bar",
            error=_error("where"),
            placeholder="Street, ZIP code or place",
            on_type=SearchState.type_place,
        ),
        _time(place, "from", "From", said.starts),
        _time(place, "until", "Until", said.ends),
        ui.button("Search", kind="go", submit=True, pending=SearchState.pending | MapState.busy),
        class_name="search",
        no_validate=True,
        role="search",
        aria_label="Free spaces",
        on_submit=SearchState.search,
    )


def _located_in_field() -> rx.Component:
    return ui.icon_button("here", label=HERE_LABEL, on_click=ui.locate(SearchState.located))


def _located() -> rx.Component:
    return ui.button(
        ui.icon("here"), HERE_LABEL, wide=True, on_click=ui.locate(SearchState.located)
    )


def _time(place: Place, name: str, label: str, value: ui.Text) -> rx.Component:
    error, error_id = _error(name), f"{place}-{name}-error"
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(f", {MapState.said.summary.clock}", class_name="sr"),
            rx.el.input(
                name=name,
                type="datetime-local",
                step=900,
                # A new value from the server takes the place of what was typed before.
                key=value,
                default_value=value,
                auto_complete="off",
                # Nor may anything be typed before there is one: it would be lost.
                read_only=MapState.stage == WAITING,
                aria_invalid=rx.cond(error, "true", "false"),
                aria_describedby=error_id,
                # Handed on as it is: Reflex adds every field with an id of its own to the form.
                custom_attrs={"id": f"{place}-{name}"},
            ),
        ),
        rx.el.p(error, id=error_id, class_name="error", aria_live="polite"),
        class_name="when",
    )


def _error(field: str) -> rx.Var[str]:
    typed, read = SearchState.errors[field], MapState.said.errors[field]
    return rx.cond(typed, typed, read)
