"""Links: between our pages without loading a document, and elsewhere with one."""

from typing import Any

import reflex as rx
from reflex.components.component import Component
from reflex_components_core.el.elements.inline import A

from parkplace.web.ui.kinds import Attributes, Content, Flag, Text, joined


def link(*content: Content, href: Text, class_name: Text = "", **attributes: Any) -> rx.Component:
    """Link to one of our pages, which opens inside the running one."""
    # `rx.el.a` is the router's link, not the element.
    return rx.el.a(*content, href=href, class_name=joined(class_name), **attributes)


def outside(*content: Content, href: Text, class_name: Text = "", new: bool = False) -> Component:
    """Link to what is not a Reflex page: the API, a file, another site, a place on this page.

    Args:
        content: What to show.
        href: Where it leads.
        class_name: Classes of the link.
        new: Whether it opens beside the page that is open.
    """
    beside: Attributes = {"target": "_blank", "rel": "noopener"} if new else {}
    return A.create(*content, href=href, class_name=joined(class_name), **beside)


def current(flag: Flag) -> Attributes:
    """Return the attribute that marks a link as the page that is open."""
    if isinstance(flag, bool):
        return {"aria_current": "page"} if flag else {}
    return {"aria_current": rx.cond(flag, "page", "false")}
