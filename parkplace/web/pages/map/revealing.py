"""Bringing things into view: a deed when its pin was pressed, a field with an error."""

import json

import reflex as rx
from reflex.event import EventSpec

# While the list slides, other deeds come under a pointer that rests: they are not pointed at.
_REVEAL = """() => requestAnimationFrame(() => requestAnimationFrame(() => {
  const deed = document.getElementById(%s);
  if (!deed) return;
  const list = deed.closest("ul");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (matchMedia("(hover: hover)").matches) {
    const wake = () => {
      list.style.pointerEvents = "";
      removeEventListener("pointermove", wake);
    };
    list.style.pointerEvents = "none";
    addEventListener("pointermove", wake);
    setTimeout(wake, 1500);
  }
  deed.querySelector("a").focus({preventScroll: true});
  // On phones no further than needed: the list slides over the map.
  const block = matchMedia("(min-width: 60rem)").matches ? "center" : "nearest";
  deed.scrollIntoView({block, behavior: calm ? "auto" : "smooth"});
}))"""


def element_id(space_id: str) -> str:
    """Return the id of a space's deed in the page."""
    return f"deed-{space_id}"


def reveal(space_id: str) -> EventSpec:
    """Bring a deed into view and put the focus there, so that a keyboard goes on from it."""
    return rx.call_function(rx.Var(_REVEAL % json.dumps(element_id(space_id))))


def focus_field(name: str) -> EventSpec:
    """Move the focus to a field of the search, in the bar or in the sheet, whichever is there."""
    ids = json.dumps([f"{place}-{name}" for place in ("bar", "sheet")])
    return rx.call_function(
        rx.Var(
            f"() => {ids}.map((id) => document.getElementById(id))"
            ".find((field) => field?.checkVisibility())?.focus()"
        )
    )
