"""A countdown that the browser ticks, to an instant the server gave."""

from datetime import datetime

import reflex as rx

from parkplace.web.ui.kinds import Attributes, Event, Text, joined


class Countdown(rx.Component):
    """Ticks to `until` by the server's clock: right after a reload and in a background tab."""

    library = rx.asset("countdown.js", shared=True).importable_path
    tag = "Countdown"

    until: rx.Var[int]
    since: rx.Var[int]
    now: rx.Var[int]
    note: rx.Var[str]
    ended: rx.Var[str]
    track: rx.Var[bool]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


def instant(moment: datetime) -> int:
    """Return an instant as the milliseconds since 1970 that the countdown takes."""
    return round(moment.timestamp() * 1000)


def countdown(
    *,
    until: int | rx.Var[int],
    now: int | rx.Var[int],
    since: int | rx.Var[int] = 0,
    note: Text = "",
    ended: Text = "",
    on_end: Event | None = None,
    plain: bool = False,
) -> rx.Component:
    """Show how long is left.

    Args:
        until: The instant it ends at, from `instant`.
        now: The server's now when `until` was read, from `instant`: corrects a wrong clock.
        since: The instant it began at; with it a bar shows how much has passed.
        note: What stands under the time, such as `until 9:00 pm, New York time`.
        ended: What stands there when it is over.
        on_end: What happens then, once: read the truth again, the server decides.
        plain: Whether it stands in a sentence instead of large on its own.
    """
    extra: Attributes = {} if on_end is None else {"on_end": on_end}
    return Countdown.create(
        until=until,
        now=now,
        since=since,
        note=note,
        ended=ended,
        track=not isinstance(since, int) or since > 0,
        class_name=joined("countdown", "plain" if plain else ""),
        **extra,
    )
