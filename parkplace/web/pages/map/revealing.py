"""Bringing things into view: a deed when its pin was pressed, a field with an error."""

from reflex.event import EventSpec

from parkplace.web import ui


def element_id(space_id: str) -> str:
    """Return the id of a space's deed in the page."""
    return f"deed-{space_id}"


def reveal(space_id: str) -> EventSpec:
    """Bring a deed into view and put the focus there, so that a keyboard goes on from it."""
    return ui.act("reveal", element_id(space_id))


def focus_field(name: str) -> EventSpec:
    """Move the focus to a field of the search, in the bar or in the sheet, whichever is there."""
    return ui.focus(f"bar-{name}", f"sheet-{name}")
