"""What the app puts around every page: the head, the messages, the net that catches errors."""

from collections.abc import Callable

import reflex as rx
from reflex.components.component import Component
from reflex_components_core.base.error_boundary import ErrorBoundary

from parkplace.web import routes
from parkplace.web.ui.buttons import go_link
from parkplace.web.ui.feedback import connection_notice, empty, wrong
from parkplace.web.ui.links import outside
from parkplace.web.ui.shell import account_menu, bar, page
from parkplace.web.ui.toasts import toasts

Wraps = dict[tuple[int, str], Callable[[bool], Component | None]]

STYLESHEETS = ["tokens.css", "fonts.css", "deeds.css"]

HEAD: list[Component] = [
    rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    rx.el.link(rel="manifest", href="/manifest.webmanifest"),
    *(
        rx.el.meta(
            name="theme-color",
            content=paper,
            custom_attrs={"media": f"(prefers-color-scheme: {theme})"},
        )
        for theme, paper in (("light", "#fffdf5"), ("dark", "#1f2c25"))
    ),
    *(
        rx.el.link(
            rel="preload",
            href=f"/fonts/{name}.{kind}",
            custom_attrs={"as": "font", "type": f"font/{kind}", "crossOrigin": "anonymous"},
        )
        for name, kind in (("archivo", "woff2"), ("archivo-black", "woff"))
    ),
]


def wraps() -> Wraps:
    """Return what lies around every page, from the outside in, for `rx.App(app_wraps=…)`."""
    return {
        (55, "ErrorBoundary"): lambda _: ErrorBoundary.create(fallback_render=_broken()),
        (5, "Overlay"): lambda _: rx.fragment(connection_notice(), toasts()),
    }


def not_found() -> rx.Component:
    """Say that there is no such page, and where to go."""
    return page(
        rx.el.h1("Nothing here", class_name="sr"),
        empty(
            "There is nothing at this address",
            "The link may be old, or a letter went missing. The map has everything that is free.",
            go_link("Open the map", href=routes.MAP),
        ),
        bar=bar(account=account_menu()),
        width="narrow",
    )


def _broken() -> Component:
    return rx.el.main(
        wrong(
            "This page broke",
            "Nothing you saved is lost. Load the page again.",
            outside("Load again", href="", class_name="button go"),
        ),
        class_name="main narrow",
    )
