"""Live signals: the browser hears that something changed, and the page reads the truth again."""

from typing import Any

import reflex as rx
from reflex.event import EventType

from parkplace.web import routes

ANYTHING = "*"  # the topic of the one signal after a gap, in which anything may have changed


def _signal(topic: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (topic,)


class Live(rx.Component):
    """Holds one event stream open while the page is in view."""

    library = rx.asset("live.js", shared=True).importable_path
    tag = "Live"

    source: rx.Var[str]
    topics: rx.Var[list[str]]
    on_signal: rx.EventHandler[_signal]


def live(
    topics: rx.Var[list[str]] | list[str], *, on_signal: EventType[()] | EventType[str]
) -> rx.Component:
    """Listen to topics, such as `space:<id>`; shows nothing.

    A topic is signalled at most once a second, however much happens. After a gap (the connection
    was lost, or the page was out of view) the topic `*` comes once. Signals carry no data.

    Args:
        topics: What to listen to; an empty list listens to nothing.
        on_signal: Handler that reads again; takes the topic.
    """
    options: dict[str, Any] = {"source": routes.LIVE, "topics": topics, "on_signal": on_signal}
    return Live.create(**options)
