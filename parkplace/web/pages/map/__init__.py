"""The map page: search, list and map."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.map.page import page
from parkplace.web.pages.map.search_state import SearchState
from parkplace.web.pages.map.state import MapState


def add_pages(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.MAP,
        title="Find a parking space · Park Place",
        on_load=[FrameState.load, SearchState.load, MapState.load],
    )
