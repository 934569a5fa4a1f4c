"""Dialogs: the platform's own `dialog` element, which keeps the focus inside and closes on Esc."""

from typing import Any

import reflex as rx

from parkplace.web.ui.browser import close_dialog
from parkplace.web.ui.buttons import button, icon_button
from parkplace.web.ui.kinds import Attributes, Content, Event, Flag, Text, joined


class Modal(rx.Component):
    """A `dialog` that opens by its id (`open_dialog`) or follows `open`."""

    library = rx.asset("modal.js", shared=True).importable_path
    tag = "Modal"

    open: rx.Var[bool]
    label: rx.Var[str]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def modal(
    *content: Content,
    dialog_id: str,
    title: Text,
    opened: Flag | None = None,
    on_close: Event | None = None,
    sheet: bool = False,
) -> rx.Component:
    """Draw a dialog over the page.

    Args:
        content: What it holds.
        dialog_id: The id by which `open_dialog` and `close_dialog` find it.
        title: Its heading.
        opened: A flag it follows, where the server decides; leave out where the browser does.
        on_close: What happens when it was closed, by whatever way; set the flag back here.
        sheet: Whether it hangs from the top, for forms.
    """
    extra: Attributes = {}
    if opened is not None:
        extra["open"] = opened
    if on_close is not None:
        extra["on_close"] = on_close
    return Modal.create(
        rx.el.div(*content, class_name="pad"),
        # After the content, so that the first thing in it gets the focus.
        rx.el.header(
            rx.el.h2(title),
            icon_button("close", label="Close", on_click=close_dialog(dialog_id)),
            class_name="band",
        ),
        id=dialog_id,
        label=title,
        class_name=joined("modal", "sheet" if sheet else ""),
        **extra,
    )


def confirm(
    *,
    dialog_id: str,
    question: Text,
    detail: Content,
    action: Text,
    on_confirm: Event,
    keep: Text = "Keep it",
    pending: Flag = False,
) -> rx.Component:
    """Ask before something that cannot be taken back; open it with `open_dialog`.

    Args:
        dialog_id: The id by which `open_dialog` finds it.
        question: What is about to happen, as a question.
        detail: What that means: money, other people, what stays.
        action: What the red button says: the verb, never `OK`.
        on_confirm: What it does.
        keep: What the other button says.
        pending: Whether the answer is on its way.
    """
    events: list[Any] = [close_dialog(dialog_id)]
    events += on_confirm if isinstance(on_confirm, (list, tuple)) else [on_confirm]
    return modal(
        rx.el.p(detail) if isinstance(detail, str) else detail,
        rx.el.div(
            button(keep, on_click=close_dialog(dialog_id)),
            button(action, kind="danger", on_click=events, pending=pending),
            class_name="acts",
        ),
        dialog_id=dialog_id,
        title=question,
    )
