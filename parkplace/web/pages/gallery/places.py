"""The gallery's maps and deeds."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.map.bridge import map_frame
from parkplace.web.pages.gallery.state import GalleryState


def maps() -> rx.Component:
    """Show the map with spaces on it, and the one on which a pin is put down."""
    return ui.section(
        "Map",
        map_of_spaces(boxed=True),
        ui.row(
            ui.button(ui.icon("here"), "Use my location", on_click=ui.locate(GalleryState.located)),
            ui.button("Fewer pins", on_click=GalleryState.fewer),
        ),
        rx.el.h3("Putting a pin down"),
        map_frame(
            center=GalleryState.here,
            zoom=16,
            placing=True,
            placed=GalleryState.spot,
            boxed=True,
            label="Where your space is",
            on_placed=GalleryState.placed,
        ),
    )


def map_of_spaces(*, boxed: bool) -> rx.Component:
    """Show the sample spaces on a map."""
    return map_frame(
        ui.button("Search this area", on_click=GalleryState.fewer),
        pins=GalleryState.pins,
        clusters=GalleryState.clusters,
        selected=GalleryState.selected,
        center=GalleryState.center,
        zoom=15,
        here=GalleryState.here,
        boxed=boxed,
        on_pin=GalleryState.pressed_pin,
        on_cluster=GalleryState.pressed_cluster,
        on_moved=GalleryState.moved,
    )


def spaces() -> rx.Component:
    """Show deeds of every colour, and deeds that are still on their way."""
    return ui.section(
        "Deeds",
        filters(),
        ui.deeds(*(ui.deed_item(_in_group(band)) for band in ui.BANDS)),
        rx.el.h3("On its way"),
        ui.waiting_deeds(2),
    )


def filters() -> rx.Component:
    """Show chips, pressed and not, and what was found."""
    return rx.el.div(
        ui.chips(
            ui.chip("Free for all 3 hours", pressed=True, on_click=rx.noop()),
            ui.chip("Under $15", pressed=False, on_click=rx.noop()),
            ui.chip("Covered", pressed=GalleryState.covered, on_click=GalleryState.toggle_covered),
            ui.chip("EV", pressed=False, on_click=rx.noop()),
            ui.chip("Fits my car", pressed=False, on_click=rx.noop()),
            ui.chip("More", pressed=False, on_click=rx.noop()),
        ),
        rx.el.p(
            rx.el.b("38 spaces"),
            " free near Astor Place, Sat 21 Nov, 6–9 pm (New York time)",
            class_name="count",
        ),
    )


def listed() -> rx.Component:
    """Show the deeds of the sample spaces, the chosen one marked."""
    return ui.deeds(rx.foreach(GalleryState.cards, lambda card: ui.deed_item(_of(card))))


def _of(card: ui.Deed) -> rx.Component:
    return ui.deed(
        name=card.name,
        href=card.href,
        band=card.band,
        neighbourhood=card.neighbourhood,
        meta=card.meta,
        price=card.price,
        price_note=card.price_note,
        hint=card.hint,
        selected=GalleryState.selected == card.id,
        on_hover=GalleryState.pressed_pin(card.id),
    )


def _in_group(band: ui.Band) -> rx.Component:
    return ui.deed(
        name=f"A space in the {band} group, with a name that goes on for a while",
        href="/",
        band=band,
        neighbourhood="NoHo",
        meta="5.0 (12) · 7 min walk · gated",
        price="$18.00",
        price_note="3 h, all in",
        selected=band == "pink",
    )
