"""Every component in every state, and the map beside its list; development and tests only."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.live import live
from parkplace.web.pages.gallery import booking, inputs, places
from parkplace.web.pages.gallery.state import GalleryState


def gallery() -> rx.Component:
    """Show everything, one part below the other."""
    return ui.page(
        rx.el.h1("Gallery"),
        ui.stack(
            places.maps(),
            places.spaces(),
            booking.passes(),
            inputs.buttons(),
            inputs.fields(),
            booking.messages(),
            booking.figures(),
            inputs.icons(),
            inputs.heard(),
            gap="loose",
        ),
        live(GalleryState.topics, on_signal=GalleryState.signal),
        bar=_bar(),
        sandbox=True,
    )


def gallery_map() -> rx.Component:
    """Show the list and the map side by side."""
    return ui.page(
        rx.el.h1("Spaces near Astor Place", class_name="sr"),
        ui.split(rx.fragment(places.filters(), places.listed()), places.map_of_spaces(boxed=False)),
        bar=_bar(),
        width="whole",
        foot=False,
    )


def _bar() -> rx.Component:
    return ui.bar(
        _search(),
        ui.search_pill(where="Astor Place", when="Today 6–9 pm"),
        ui.search_sheet(_search()),
        account=ui.account_menu(
            ui.menu_link("Account", routes.ACCOUNT),
            ui.menu_button("Sign out", on_click=ui.toast("Signed out.")),
            initials="DK",
            name="Dana Kim",
        ),
        active=routes.BOOKINGS,
    )


def _search() -> rx.Component:
    return ui.search_bar(
        where="Astor Place, New York",
        starts="2026-11-21T18:00",
        ends="2026-11-21T21:00",
        on_submit=GalleryState.submit,
    )
