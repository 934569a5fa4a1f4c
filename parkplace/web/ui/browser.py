"""Things only the browser can do, as events that components and handlers may use."""

import json

import reflex as rx
from reflex.event import EventSpec, EventType

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


def _run(script: str) -> EventSpec:
    return rx.call_function(rx.Var(f"() => {{ {script} }}"))


def open_dialog(dialog_id: str) -> EventSpec:
    """Open a `modal` by its id."""
    return _run(f"document.getElementById({json.dumps(dialog_id)})?.showModal();")


def close_dialog(dialog_id: str) -> EventSpec:
    """Close a `modal` by its id."""
    return _run(f"document.getElementById({json.dumps(dialog_id)})?.close();")


def focus(element_id: str) -> EventSpec:
    """Move the focus to an element, such as the first field with an error."""
    return _run(f"document.getElementById({json.dumps(element_id)})?.focus();")


def leave_for(path: str) -> EventSpec:
    """Open an address as a new document: API routes, other sites, anything that sets a cookie.

    Between pages `rx.redirect` is faster; it stays inside the running page.
    """
    return _run(f"window.location.assign({json.dumps(path)});")


def rewrite_address(path: str) -> EventSpec:
    """Show another address for the same page, with no new step in the history and no loading.

    Whoever has gone on to another page meanwhile keeps the address of that one.
    """
    return _run(
        "const bare = (path) => path.replace(/[/]+$/, '');"
        f"const to = {json.dumps(path)};"
        "if (bare(window.location.pathname) === bare(to.split('?')[0]))"
        " window.history.replaceState(window.history.state, '', to);"
    )


def post_to(path: str) -> EventSpec:
    """Send an empty POST to an address of ours and go where it leads: signing out, for one."""
    return _run(
        "const form = document.createElement('form');"
        f"form.method = 'post'; form.action = {json.dumps(path)};"
        "document.body.append(form); form.submit();"
    )


def locate(then: EventType[dict[str, float | bool]]) -> EventSpec:
    """Ask where the person is.

    Args:
        then: Handler that receives `{"found": bool, "denied": bool, "lat": float, "lng": float}`;
            `denied` when the person or the browser's settings said no.
    """
    return rx.call_function(rx.Var(_LOCATE), callback=then)


def toast(message: str, kind: str = "done") -> EventSpec:
    """Say something in passing.

    Args:
        message: One short sentence.
        kind: `done` for what went well, `wrong` for what did not; the latter stays until closed.
    """
    detail = json.dumps({"text": message, "kind": kind})
    return _run(f"window.dispatchEvent(new CustomEvent('parkplace:toast', {{detail: {detail}}}));")
