"""Things only the browser can do, as events that components and handlers may use."""

import json

import reflex as rx
from reflex.event import EventSpec, EventType
from reflex_base.utils.format import format_queue_events

_LOCATE = """() => new Promise((resolve) => {
  const failed = (error) => resolve({found: false, denied: error?.code === 1, lat: 0, lng: 0});
  if (!navigator.geolocation) return failed();
  navigator.geolocation.getCurrentPosition(
    ({coords}) => resolve({
      found: true, denied: false, lat: coords.latitude, lng: coords.longitude,
    }),
    failed,
    {timeout: 10000, maximumAge: 60000},
  );
})"""


def act(name: str, *given: str) -> EventSpec:
    """Ask the browser for one of the acts in `acts.js`; the server sends no code that it would run.

    Args:
        name: Which act.
        given: What the act takes.
    """
    return rx.call_function(rx.Var.create(json.dumps([name, *given])))


def open_dialog(dialog_id: str) -> EventSpec:
    """Open a `modal` by its id."""
    return act("open", dialog_id)


def close_dialog(dialog_id: str) -> EventSpec:
    """Close a `modal` by its id."""
    return act("close", dialog_id)


def focus(*element_ids: str) -> EventSpec:
    """Move the focus to an element, such as the first field with an error.

    Args:
        element_ids: Its id; of several, the first that is seen.
    """
    return act("focus", *element_ids)


def leave_for(path: str) -> EventSpec:
    """Open an address as a new document: API routes, other sites, anything that sets a cookie.

    Between pages `rx.redirect` is faster; it stays inside the running page.
    """
    return act("leave", path)


def rewrite_address(path: str) -> EventSpec:
    """Show another address for the same page, with no new step in the history and no loading.

    Whoever has gone on to another page meanwhile keeps the address of that one.
    """
    return act("rewrite", path)


def post_to(path: str) -> EventSpec:
    """Send an empty POST to an address of ours and go where it leads: signing out, for one."""
    return act("post", path)


def locate(then: EventType[dict[str, float | bool]]) -> EventSpec:
    """Ask where the person is.

    Args:
        then: Handler that receives `{"found": bool, "denied": bool, "lat": float, "lng": float}`;
            `denied` when the person or the browser's settings said no.
    """
    asked = rx.call_function(rx.Var(_LOCATE))
    # Reflex would hand the handler over as text, to be run as code.
    told = format_queue_events(then, args_spec=lambda result: [result])
    return asked.with_args(
        tuple((name, told if str(name) == "callback" else value) for name, value in asked.args)
    )


def toast(message: str, kind: str = "done") -> EventSpec:
    """Say something in passing.

    Args:
        message: One short sentence.
        kind: `done` for what went well, `wrong` for what did not; the latter stays until closed.
    """
    return act("toast", message, kind)
