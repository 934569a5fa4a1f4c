"""Instants that belong to no place: the browser says them in its own time zone."""

import reflex as rx

from parkplace.web.ui.kinds import Text


class Moment(rx.Component):
    """An instant, as the reader's own clock and calendar show it."""

    library = rx.asset("moment.js", shared=True).importable_path
    tag = "Moment"

    at: rx.Var[str]
    locale: rx.Var[str]


def moment(at: Text, *, locale: Text) -> rx.Component:
    """Show an instant; for what happens at a space, say the space's own time instead.

    Args:
        at: RFC 3339.
        locale: How the reader writes days and times, such as `en-US`.
    """
    return Moment.create(at=at, locale=locale)
