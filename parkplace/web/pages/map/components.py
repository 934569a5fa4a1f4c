"""The parts of the map page: chips, what was found, the list, the map, the filters."""

from typing import cast

import reflex as rx

from parkplace.bookings.search import Sort
from parkplace.spaces.models import SpaceKind
from parkplace.web import routes, ui, words
from parkplace.web.map.bridge import map_frame
from parkplace.web.pages.map import view
from parkplace.web.pages.map.filter_state import FILTERS_ID, FilterState
from parkplace.web.pages.map.revealing import element_id
from parkplace.web.pages.map.search_state import SearchState
from parkplace.web.pages.map.searching import to_the_time
from parkplace.web.pages.map.state import MapState

# What people look for in a space; a limited height is nothing to look for.
WISHES = [tag for tag in words.TAGS if tag != "height-limited"]
DISTANCES = [
    ("", "Anywhere on the map"),
    ("400", "5 minutes on foot"),
    ("800", "10 minutes on foot"),
    ("1600", "20 minutes on foot"),
    ("5000", "5 km (3 miles)"),
]


def chips() -> rx.Component:
    """Show what the list promises, the filters most people use, and the way to the others."""
    now = MapState.said.narrowing
    return ui.chips(
        _promise(),
        rx.cond(
            now.up_to != "",
            ui.chip(
                now.up_to_words,
                pressed=now.priced,
                on_click=FilterState.toggle_price(now.up_to),
            ),
            rx.fragment(),
        ),
        *(
            ui.chip(label, pressed=_holds(now.tags, tag), on_click=FilterState.toggle_tag(tag))
            for tag, label in view.CHIP_TAGS.items()
        ),
        ui.chip(
            "Cheapest first",
            pressed=now.sort == Sort.PRICE.value,
            on_click=FilterState.toggle_sort,
        ),
        _more_filters(),
    )


def _promise() -> rx.Component:
    all_of_it = MapState.said.summary.all_of_it
    promise = rx.el.button(
        all_of_it,
        rx.el.span(", change the time", class_name="sr"),
        type="button",
        class_name="chip on",
        on_click=to_the_time(),
    )
    return rx.cond(all_of_it != "", promise, rx.fragment())


def _more_filters() -> rx.Component:
    count = MapState.said.narrowing.count
    number = rx.fragment(" (", count, rx.el.span(" set", class_name="sr"), ")")
    return rx.el.button(
        "More",
        rx.cond(count != "", number, rx.fragment()),
        type="button",
        class_name="chip",
        aria_haspopup="dialog",
        on_click=ui.open_dialog(FILTERS_ID),
    )


def found() -> rx.Component:
    """Say what was found, or what stands in the way."""
    said = MapState.said.heading
    return rx.el.div(
        rx.el.p(
            rx.el.b(said.count),
            rx.el.span(said.rest, class_name="wide-only"),
            rx.el.span(said.short, class_name="phone-only"),
            class_name="count",
        ),
        role="status",
    )


def results() -> rx.Component:
    """Show the list, in whatever state it is."""
    return rx.el.div(
        rx.match(
            MapState.stage,
            (view.FOUND, rx.fragment(found(), _deeds())),
            (view.NOTHING, rx.el.div(_nothing(), role="status")),
            (view.NOWHERE, _nowhere()),
            (view.WRONG, rx.cond(MapState.said.asked.field != "", _asked_back(), _wrong())),
            _waiting(),
        ),
        class_name=rx.cond(MapState.busy, "results busy", "results"),
        aria_busy=rx.cond(MapState.busy, "true", "false"),
    )


def the_map() -> rx.Component:
    """Show the spaces on the map."""
    return map_frame(
        rx.cond(
            MapState.astray,
            ui.button("Search this area", on_click=MapState.search_area, pending=MapState.busy),
            rx.fragment(),
        ),
        pins=MapState.pins,
        clusters=MapState.clusters,
        selected=MapState.selected,
        center=MapState.center,
        zoom=MapState.zoom,
        here=MapState.here,
        on_moved=MapState.moved,
        on_pin=MapState.press,
    )


def filters() -> rx.Component:
    """Ask for everything by which the search can be narrowed."""
    form = ui.form(
        ui.group("Kind", ui.columns(*(_kind(kind) for kind in SpaceKind))),
        ui.group("What it has", ui.columns(*(_tag(tag) for tag in WISHES))),
        ui.columns(_most(), _within()),
        ui.group(
            "Order",
            _order(Sort.DISTANCE, "Nearest first"),
            _order(Sort.PRICE, "Cheapest first"),
        ),
        on_submit=FilterState.narrow,
        action="Show spaces",
        pending=MapState.busy,
        name="filters-form",
        label="Filters",
    )
    without = ui.button("Remove all filters", kind="quiet", wide=True, on_click=FilterState.widen)
    return ui.modal(
        # Other filters fill the form anew.
        rx.el.div(form, without, key=MapState.said.narrowing.key),
        dialog_id=FILTERS_ID,
        title="Filters",
        sheet=True,
    )


def foot() -> rx.Component:
    """Lead to what else there is; the map has no room for the page's own foot."""
    return rx.el.nav(
        ui.link("List a space", href=routes.ADD_SPACE),
        ui.link("Report a vehicle or place", href=routes.REPORT),
        ui.outside("API", href=routes.API_DOCS),
        class_name="list-foot",
        aria_label="More",
    )


def _deeds() -> rx.Component:
    return rx.fragment(
        ui.deeds(rx.foreach(MapState.cards, _deed)),
        rx.cond(
            MapState.more,
            ui.button("Show more", wide=True, on_click=MapState.show_more),
            rx.cond(
                MapState.said.note != "",
                rx.el.p(MapState.said.note, class_name="count"),
                rx.fragment(),
            ),
        ),
    )


def _deed(card: ui.Deed) -> rx.Component:
    return ui.deed_item(
        ui.deed(
            name=card.name,
            href=card.href,
            band=card.band,
            neighbourhood=card.neighbourhood,
            meta=card.meta,
            price=card.price,
            price_note=card.price_note,
            hint=card.hint,
            selected=MapState.selected == card.id,
            on_hover=MapState.point_out(card.id),
            element_id=element_id(card.id),
        )
    )


def _waiting() -> rx.Component:
    return ui.waiting_deeds(4, label="Looking for free spaces")


def _nothing() -> rx.Component:
    nothing = MapState.said.nothing
    return ui.empty(
        nothing.title,
        nothing.text,
        rx.cond(
            nothing.narrowed,
            ui.button("Remove the filters", kind="go", on_click=FilterState.widen),
            rx.fragment(),
        ),
        rx.cond(
            nothing.elsewhere != "",
            ui.go_link("Show where spaces are", href=nothing.elsewhere),
            rx.fragment(),
        ),
        rx.cond(
            nothing.listed,
            ui.button("Same time tomorrow", on_click=FilterState.next_day),
            ui.go_link("List a space", href=routes.ADD_SPACE, kind="plain"),
        ),
        ui.button("Search wider", on_click=FilterState.zoom_out),
    )


def _nowhere() -> rx.Component:
    return ui.stack(
        ui.empty(
            "No spaces are listed yet",
            "Do you have a driveway, a bay or a yard that stands empty? Be the first to offer it.",
            ui.go_link("List a space", href=routes.ADD_SPACE),
        ),
        rx.el.details(
            rx.el.summary("You run this site?"),
            rx.el.p("Street meters, car parks and lists of your own come in with one command:"),
            rx.el.pre("python -m parkplace import-spaces FILE --host EMAIL", tab_index=0),
            rx.el.p("The formats are described in docs/import.md."),
            class_name="lines",
        ),
    )


def _wrong() -> rx.Component:
    errors = MapState.said.errors
    return ui.wrong(
        "This time cannot be searched",
        rx.cond(errors["from"], errors["from"], errors["until"]),
        ui.button("Start now", kind="go", on_click=FilterState.start_now),
        ui.button("Change the time", on_click=to_the_time()),
    )


def _asked_back() -> rx.Component:
    asked = MapState.said.asked
    return ui.wrong(
        "Which of the two do you mean?",
        asked.sentence,
        ui.button(asked.first, on_click=SearchState.choose(asked.field, "first")),
        ui.button(asked.second, on_click=SearchState.choose(asked.field, "second")),
    )


def _kind(kind: SpaceKind) -> rx.Component:
    ticked = _holds(MapState.said.narrowing.kinds, kind.value)
    return ui.check_field(f"kind-{kind}", words.KINDS[kind], default_checked=ticked)


def _tag(tag: str) -> rx.Component:
    ticked = _holds(MapState.said.narrowing.tags, tag)
    name = words.TAGS[tag]
    return ui.check_field(f"tag-{tag}", name[0].upper() + name[1:], default_checked=ticked)


def _holds(items: list[str], one: str) -> rx.Var[bool]:
    return cast("rx.vars.ArrayVar[list[str]]", items).contains(one)


def _most() -> rx.Component:
    now = MapState.said.narrowing
    return rx.cond(
        now.currency != "",
        rx.fragment(
            ui.text_field(
                "most",
                "The whole stay costs at most",
                unit=now.currency,
                input_mode="decimal",
                max_length=12,
                default_value=now.most,
                error=FilterState.errors["most"],
            ),
            rx.el.input(type="hidden", name="currency", value=now.currency, read_only=True),
        ),
        rx.fragment(),
    )


def _within() -> rx.Component:
    return ui.select_field(
        "within", "How far away", DISTANCES, default_value=MapState.said.narrowing.within
    )


def _order(sort: Sort, label: str) -> rx.Component:
    chosen = MapState.said.narrowing.sort == sort.value
    return ui.check_field("sort", label, value=sort.value, kind="radio", default_checked=chosen)
