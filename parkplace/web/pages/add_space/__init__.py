"""Listing a space: where it is, what it is, what it costs, when it is open, how it looks."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.add_space.page import page
from parkplace.web.pages.add_space.photos_state import PhotosState
from parkplace.web.pages.add_space.place_state import PlaceState
from parkplace.web.pages.add_space.state import AddSpaceState


def add_pages(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.ADD_SPACE,
        title="List a space · Park Place",
        on_load=[FrameState.load, PlaceState.load, PhotosState.load, AddSpaceState.load],
    )
