"""Forms: sent once, checked by the service, with what is wrong shown beside the fields."""

from typing import Any

import reflex as rx
from reflex.event import EventType

from parkplace.web.ui.buttons import Kind, button
from parkplace.web.ui.fields import form_error
from parkplace.web.ui.kinds import Attributes, Content, Flag, Text


def form(
    *content: Content,
    on_submit: EventType[()] | EventType[dict[str, Any]],
    action: Content,
    kind: Kind = "go",
    pending: Flag = False,
    error: Text = "",
    name: str = "form",
    label: Text = "",
) -> rx.Component:
    """Draw a form with its one button.

    The browser's own bubbles are off: the service says what is wrong, in our words.

    Args:
        content: The fields.
        on_submit: Handler that takes the values by name.
        action: What the button says.
        kind: What the button is, where another one on the page is the thing to do next.
        pending: Whether the answer is on its way.
        error: What is wrong with the form as a whole.
        name: The form's id; `form` where a page has one.
        label: What the form is for, where no heading says it.
    """
    naming: Attributes = {"aria_label": label} if label else {}
    return rx.el.form(
        *content,
        form_error(error, name=name),
        button(action, kind=kind, submit=True, pending=pending, wide=True),
        id=name,
        class_name="form",
        no_validate=True,
        on_submit=on_submit,
        **naming,
    )
