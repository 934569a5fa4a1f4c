"""Long forms: what is typed outlives a reload, and the page hears of it while it is typed."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec, EventType

from parkplace.web.ui.browser import act
from parkplace.web.ui.kinds import Attributes, Text


def _typed(values: rx.Var[dict[str, str]]) -> tuple[rx.Var[dict[str, str]]]:
    return (values,)


class Keep(rx.Component):
    """Stands in a form, unseen, and keeps its values in the browser's session storage."""

    library = rx.asset("keep.js", shared=True).importable_path
    tag = "Keep"

    name: rx.Var[str]
    on_typed: rx.EventHandler[_typed]


def keep(name: Text, *, on_typed: EventType[dict[str, Any]] | None = None) -> rx.Component:
    """Keep what is typed into the form around it, in this tab, until `forget`.

    Fields must be uncontrolled (`default_value`). Passwords are not kept.

    Args:
        name: Under which name; another name is another form's.
        on_typed: Handler of all values by name: once at the start, then 0.4 s after each change.
    """
    extra: Attributes = {} if on_typed is None else {"on_typed": on_typed}
    return Keep.create(name=name, **extra)


def forget(name: str) -> EventSpec:
    """Forget what was kept under a name: it is sent."""
    return act("forget", f"kept {name}")


def fill(name: str, value: str) -> EventSpec:
    """Put a value into a field of a form, as if a person had typed it."""
    return act("fill", f"field-{name}", value)
