"""The field for a place, which offers what is known while one types."""

from typing import Any

import reflex as rx

from parkplace.web.pages.map.finding import Option


def _typed(words: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (words,)


class PlaceField(rx.Component):
    """A combobox; in a form it carries `where`, the words, and `at`, the point that was taken.

    Attributes:
        at: The point of `value`, as the address spells it.
        options: What is offered, and `offered_for`, the words it is offered for.
        submits: Whether taking one sends the form at once.
    """

    library = rx.asset("place_field.js", shared=True).importable_path
    tag = "PlaceField"

    label: rx.Var[str]
    value: rx.Var[str]
    at: rx.Var[str]
    options: rx.Var[list[Option]]
    offered_for: rx.Var[str]
    submits: rx.Var[bool]
    error: rx.Var[str]
    placeholder: rx.Var[str]

    on_type: rx.EventHandler[_typed]


def place_field(*beside: rx.Component, **attributes: Any) -> rx.Component:
    """Draw the field; `beside` stands at its end, such as a button."""
    return PlaceField.create(*beside, **attributes)
