"""The search: where, from, until; in the bar where there is room, behind a pill on phones."""

from typing import Any, Literal

import reflex as rx
from reflex.event import EventType

from parkplace.web.ui.browser import open_dialog
from parkplace.web.ui.buttons import button
from parkplace.web.ui.dialogs import modal
from parkplace.web.ui.kinds import Attributes, Flag, Text, shown

SHEET_ID = "search-sheet"


def search_bar(
    *,
    where: Text,
    starts: Text,
    ends: Text,
    on_submit: EventType[()] | EventType[dict[str, Any]],
    pending: Flag = False,
    error: Text = "",
    suggestions: rx.Component | None = None,
    on_where: EventType[()] | EventType[str] | None = None,
) -> rx.Component:
    """Draw the search for wide screens; the fields submit as `where`, `from` and `until`.

    Args:
        where: The place in words.
        starts: The start of the stay as wall time there, `YYYY-MM-DDTHH:MM`.
        ends: Its end.
        on_submit: Handler of the values.
        pending: Whether the answer is on its way.
        error: What is wrong with the search.
        suggestions: A `datalist` with the id `places`, filled while the place is typed.
        on_where: Handler of each change of the place; debounce it.
    """
    typing: Attributes = {} if on_where is None else {"on_change": on_where}
    form = rx.el.form(
        _box("Where", "where", where, "search", **typing, **_listed(suggestions)),
        _box("From", "from", starts, "datetime-local", step=900),
        _box("Until", "until", ends, "datetime-local", step=900),
        button("Search", kind="go", submit=True, pending=pending),
        class_name="search",
        no_validate=True,
        role="search",
        aria_label="Free spaces",
        on_submit=on_submit,
    )
    return rx.fragment(
        form,
        *([suggestions] if suggestions is not None else []),
        *shown(error, rx.el.p(error, class_name="error", role="alert")),
    )


def search_pill(*, where: Text, when: Text) -> rx.Component:
    """Draw the search's summary for phones; pressed, it opens the `search_sheet`."""
    return rx.el.button(
        rx.el.span(where),
        rx.el.small(when),
        type="button",
        class_name="search-pill",
        aria_haspopup="dialog",
        on_click=open_dialog(SHEET_ID),
    )


def search_sheet(form: rx.Component) -> rx.Component:
    """Put a `search_bar` into the dialog that the pill opens; close it when it was submitted."""
    return modal(form, dialog_id=SHEET_ID, title="Find a space", sheet=True)


def _box(
    label: str, name: str, value: Text, kind: Literal["search", "datetime-local"], **attributes: Any
) -> rx.Component:
    return rx.el.label(
        label,
        rx.el.input(
            name=name,
            type=kind,
            # A new value from the server takes the place of what was typed before.
            key=value,
            default_value=value,
            auto_complete="off",
            **attributes,
        ),
    )


def _listed(suggestions: rx.Component | None) -> Attributes:
    return {} if suggestions is None else {"list": "places"}
