"""Form fields: each with its label above, its hint below and its error next to it.

A field's error line is always in the page and empty while nothing is wrong, so that it can be
named by `aria-describedby` and is read aloud when it fills.
"""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex.components.component import Component

from parkplace.web.ui.kinds import (
    Attributes,
    Content,
    FlagEvent,
    Text,
    ValueEvent,
    given,
    shown,
    when,
)

InputType = Literal[
    "text", "email", "password", "search", "tel", "url", "number", "datetime-local", "time", "date"
]


def text_field(
    name: str,
    label: Text,
    *,
    hint: Text = "",
    error: Text = "",
    kind: InputType = "text",
    unit: Text = "",
    required: bool = False,
    on_change: ValueEvent | None = None,
    **attributes: Any,
) -> rx.Component:
    """Ask for one line of text.

    Args:
        name: The key of the value in the submitted form; its id is `field-<name>`.
        label: What is asked for.
        hint: How to answer, where that is not plain.
        error: What is wrong with the answer; empty when nothing is.
        kind: The input's type, which chooses the keyboard on phones.
        unit: What stands behind the value, such as `USD an hour`.
        required: Whether it must be answered.
        on_change: Handler of each change; debounce it.
        attributes: Further attributes: `value` or `default_value`, `placeholder`,
            `auto_complete`, `input_mode`, `min`, `max`, `step`, `max_length`.
    """
    control = rx.el.input(
        type=kind,
        class_name="input",
        **_wiring(name, hint=hint, error=error, required=required),
        **_handler(on_change),
        **attributes,
    )
    if given(unit):
        control = rx.el.div(
            control,
            rx.el.span(unit, class_name="unit", aria_hidden="true"),
            class_name="with-unit",
        )
        named = rx.fragment(label, rx.el.span(", ", unit, class_name="sr"))
        return _field(name, named, control, hint=hint, error=error)
    return _field(name, label, control, hint=hint, error=error)


class Password(rx.Component):
    """An input whose letters are hidden until a person asks to see them."""

    library = rx.asset("password.js", shared=True).importable_path
    tag = "Password"

    name: rx.Var[str]
    auto_complete: rx.Var[str]
    required: rx.Var[bool]
    show_word: rx.Var[str] = rx.Var.create("Show")
    hide_word: rx.Var[str] = rx.Var.create("Hide")
    show_label: rx.Var[str] = rx.Var.create("Show the password")
    hide_label: rx.Var[str] = rx.Var.create("Hide the password")


def password_field(
    name: str,
    label: Text,
    *,
    auto_complete: Literal["current-password", "new-password"],
    hint: Text = "",
    error: Text = "",
) -> rx.Component:
    """Ask for a password; a button beside it shows what was typed.

    Args:
        name: The key of the value in the submitted form; its id is `field-<name>`.
        label: What is asked for.
        auto_complete: What a password manager should do: fill it in, or suggest one.
        hint: The rule it has to follow.
        error: What is wrong with it.
    """
    control = Password.create(
        auto_complete=auto_complete, **_wiring(name, hint=hint, error=error, required=True)
    )
    return _field(name, label, control, hint=hint, error=error)


def datetime_field(
    name: str, label: Text, *, hint: Text = "", error: Text = "", **attributes: Any
) -> rx.Component:
    """Ask for a day and a time on the wall, `YYYY-MM-DDTHH:MM`; attributes as of `text_field`.

    The browser shows it in the reader's own order and clock; the zone is the space's, so say
    which in the hint. The step is a quarter of an hour.
    """
    attributes = {"step": 900, **attributes}
    return text_field(name, label, hint=hint, error=error, kind="datetime-local", **attributes)


def select_field(
    name: str,
    label: Text,
    options: Sequence[tuple[str, str]] | rx.Var[list[tuple[str, str]]],
    *,
    hint: Text = "",
    error: Text = "",
    required: bool = False,
    on_change: ValueEvent | None = None,
    **attributes: Any,
) -> rx.Component:
    """Ask to pick one of several.

    Args:
        name: The key of the value in the submitted form.
        label: What is asked for.
        options: Pairs of the value and what a person reads.
        hint: How to choose, where that is not plain.
        error: What is wrong with the choice.
        required: Whether one must be picked.
        on_change: Handler of each change.
        attributes: Further attributes: `value` or `default_value`.
    """
    choices = (
        [rx.el.option(text, value=value) for value, text in options]
        if not isinstance(options, rx.Var)
        else [rx.foreach(options, lambda pair: rx.el.option(pair[1], value=pair[0]))]
    )
    control = rx.el.select(
        *choices,
        class_name="input",
        **_wiring(name, hint=hint, error=error, required=required),
        **_handler(on_change),
        **attributes,
    )
    return _field(name, label, control, hint=hint, error=error)


def area_field(
    name: str,
    label: Text,
    *,
    hint: Text = "",
    error: Text = "",
    required: bool = False,
    on_change: ValueEvent | None = None,
    **attributes: Any,
) -> rx.Component:
    """Ask for several lines of text; arguments as of `text_field`."""
    control = rx.el.textarea(
        class_name="input",
        **_wiring(name, hint=hint, error=error, required=required),
        **_handler(on_change),
        **attributes,
    )
    return _field(name, label, control, hint=hint, error=error)


def check_field(
    name: str,
    label: Content,
    *,
    value: str = "true",
    kind: Literal["checkbox", "radio"] = "checkbox",
    hint: Text = "",
    error: Text = "",
    on_change: FlagEvent | None = None,
    **attributes: Any,
) -> rx.Component:
    """Ask yes or no, or offer one of several in a `group`.

    Args:
        name: The key in the submitted form; it is there only when the box is ticked.
        label: What a tick means.
        value: What the form carries then; tells apart the boxes of a group.
        kind: `radio` where only one of a group can hold.
        hint: What else there is to know.
        error: What is wrong with the answer.
        on_change: Handler of each change, with the new state of the box.
        attributes: Further attributes: `checked` or `default_checked`.
    """
    own = name if value == "true" else f"{name}-{value}"
    wiring = _wiring(own, hint=hint, error=error, required=False)
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type=kind,
                value=value,
                **{**wiring, "name": name},
                **_handler(on_change),
                **attributes,
            ),
            rx.el.span(label),
        ),
        *_lines(own, hint=hint, error=error),
        class_name="check",
    )


def group(legend: Text, *fields: rx.Component, hint: Text = "") -> rx.Component:
    """Put fields that answer one question under that question."""
    return rx.el.fieldset(
        rx.el.legend(legend),
        *shown(hint, rx.el.p(hint, class_name="soft small")),
        *fields,
        class_name="group",
    )


def columns(*fields: rx.Component, count: Literal["two", "three"] = "two") -> rx.Component:
    """Put fields side by side where there is room."""
    return rx.el.div(*fields, class_name=f"fields {count}")


def form_error(error: Text, *, name: str = "form") -> rx.Component:
    """Show what is wrong with a form as a whole; nothing while it is empty."""
    return rx.el.p(error, id=f"error-{name}", class_name="error", role="alert")


def _field(
    name: str, label: Content, control: rx.Component, *, hint: Text, error: Text
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"field-{name}"),
        control,
        *_lines(name, hint=hint, error=error),
        class_name="field",
    )


def _lines(name: str, *, hint: Text, error: Text) -> list[Component]:
    return [
        *([rx.el.p(hint, id=f"hint-{name}", class_name="explain")] if given(hint) else []),
        rx.el.p(error, id=f"error-{name}", class_name="error", aria_live="polite"),
    ]


def _wiring(name: str, *, hint: Text, error: Text, required: bool) -> Attributes:
    """Return the attributes that tie a control to its label, hint and error."""
    described = f"hint-{name} error-{name}" if given(hint) else f"error-{name}"
    # Not `error != ""`: what a dict of errors lacks is undefined in the browser, and no error.
    wrong = bool(error) if isinstance(error, str) else error.bool()
    return {
        # Handed on as it is: Reflex adds every field with an id of its own to what a form carries.
        "custom_attrs": {"id": f"field-{name}"},
        "name": name,
        "required": required,
        "aria_describedby": described,
        "aria_invalid": when(wrong, "true", "false"),
    }


def _handler(on_change: ValueEvent | FlagEvent | None) -> Attributes:
    return {} if on_change is None else {"on_change": on_change}
