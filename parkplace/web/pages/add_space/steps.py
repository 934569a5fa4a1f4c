"""The steps of the add-space form, from the pin to the photos."""

import reflex as rx

from parkplace.spaces.drafts import (
    ADDRESS_MOST,
    DESCRIPTION_MOST,
    INSTRUCTIONS_MOST,
    TITLE_MOST,
)
from parkplace.spaces.models import SpaceKind
from parkplace.spaces.photos import PHOTOS_MOST
from parkplace.web import ui
from parkplace.web.map.bridge import map_frame
from parkplace.web.pages.add_space import amounts
from parkplace.web.pages.add_space.finding import Found
from parkplace.web.pages.add_space.photos_state import PhotosState, Shot
from parkplace.web.pages.add_space.place_state import PlaceState
from parkplace.web.pages.add_space.state import AddSpaceState
from parkplace.web.words import KINDS, TAGS

ERRORS = AddSpaceState.errors


def where() -> rx.Component:
    """Ask for the pin; stands outside the form, because finding an address is a form of its own."""
    return ui.card(
        "1. Where is it?",
        ui.stack(
            _search(),
            rx.cond(PlaceState.found, _found(), rx.fragment()),
            rx.el.p(PlaceState.message, class_name="soft small", role="status"),
            _map(),
            ui.form_error(ERRORS["spot"], name="spot"),
            gap="tight",
        ),
        band="sky",
    )


def _map() -> rx.Component:
    return rx.fragment(
        map_frame(
            placing=True,
            placed=PlaceState.spot,
            center=PlaceState.center,
            zoom=PlaceState.zoom,
            boxed=True,
            label="Map: press where the space is",
            on_moved=PlaceState.moved,
            on_placed=PlaceState.placed,
        ),
        rx.el.p(
            rx.cond(
                PlaceState.spot,
                f"{PlaceState.where}. Drag the pin to the entrance.",
                "Press the map where drivers turn in.",
            ),
            class_name="soft small",
            role="status",
        ),
    )


def _search() -> rx.Component:
    return rx.el.form(
        ui.text_field(
            "find",
            "Find the address",
            kind="search",
            placeholder="Street and number, or ZIP code",
            auto_complete="off",
            on_change=PlaceState.suggest.debounce(300),
        ),
        ui.row(
            ui.button("Find", submit=True, pending=PlaceState.searching),
            ui.button(ui.icon("here"), "Use my location", on_click=ui.locate(PlaceState.located)),
        ),
        class_name="stack tight",
        no_validate=True,
        role="search",
        aria_label="Address of the space",
        on_submit=PlaceState.find,
    )


def _found() -> rx.Component:
    return rx.el.ul(
        rx.foreach(PlaceState.found, _place), class_name="choices", aria_label="Places found"
    )


def _place(place: Found, number: int) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.strong(place.name),
            rx.el.small(place.detail),
            type="button",
            on_click=PlaceState.choose(number),
        )
    )


def what() -> rx.Component:
    """Ask for address, name, kind and number of bays."""
    return ui.card("2. What is it?", ui.stack(*_names(), *_facts()), band="pink")


def _names() -> list[rx.Component]:
    return [
        ui.text_field(
            "address",
            "Address",
            hint="As drivers should read it.",
            error=ERRORS["address"],
            max_length=ADDRESS_MOST,
            auto_complete="street-address",
        ),
        ui.text_field(
            "title",
            "Name of the space",
            hint="Such as Bond Street driveway.",
            error=ERRORS["title"],
            required=True,
            max_length=TITLE_MOST,
            auto_complete="off",
        ),
    ]


def _facts() -> list[rx.Component]:
    return [
        ui.group(
            "Kind of place",
            rx.el.div(*(_kind(kind) for kind in SpaceKind), class_name="fields pairs"),
            ui.form_error(ERRORS["kind"], name="kind"),
        ),
        ui.text_field(
            "capacity",
            "Bays",
            hint="How many vehicles can park at once.",
            error=ERRORS["capacity"],
            required=True,
            default_value="1",
            input_mode="numeric",
            max_length=5,
        ),
        ui.group("What it has", rx.el.div(*map(_tag, TAGS), class_name="fields pairs")),
    ]


def _kind(kind: SpaceKind) -> rx.Component:
    return ui.check_field("kind", KINDS[kind], value=kind.value, kind="radio")


def _tag(tag: str) -> rx.Component:
    words = TAGS[tag]
    return ui.check_field(f"tag-{tag}", words[0].upper() + words[1:])


def price() -> rx.Component:
    """Ask what it costs, and whether the host wants to be asked."""
    return ui.card(
        "3. What does it cost?",
        ui.stack(
            ui.columns(
                _amount("hour", "Price of an hour", "Charged by started quarter hour."),
                _amount(
                    "day_cap",
                    "Most for 24 hours (optional)",
                    "A longer stay never costs more a day.",
                ),
            ),
            ui.select_field(
                "currency",
                "Currency",
                amounts.OPTIONS,
                error=ERRORS["currency"],
                default_value=amounts.USUAL,
            ),
            _approval(),
        ),
        band="orange",
    )


def _amount(name: str, label: str, hint: str) -> rx.Component:
    return ui.text_field(
        name,
        label,
        hint=hint,
        error=ERRORS[name],
        input_mode="decimal",
        max_length=14,
        auto_complete="off",
    )


def _approval() -> rx.Component:
    return ui.group(
        "When someone books",
        ui.check_field(
            "instant", "It is booked at once", value="yes", kind="radio", default_checked=True
        ),
        ui.check_field("instant", "Ask me first", value="ask", kind="radio"),
    )


def drivers() -> rx.Component:
    """Ask for what drivers read."""
    return ui.card(
        "5. What should drivers know?",
        ui.stack(
            ui.area_field(
                "description",
                "Description",
                hint="Everyone reads this.",
                error=ERRORS["description"],
                max_length=DESCRIPTION_MOST,
            ),
            ui.area_field(
                "instructions",
                "How to get in",
                hint="Gate, code, which bay. Only those who booked read this.",
                error=ERRORS["instructions"],
                max_length=INSTRUCTIONS_MOST,
            ),
        ),
        band="yellow",
    )


def photos() -> rx.Component:
    """Take photos, and let the host order them."""
    return ui.card(
        "6. Photos",
        ui.stack(
            rx.cond(PhotosState.shots, _shots(), rx.fragment()),
            ui.file_field(
                "photos",
                "Photos (optional)",
                on_pick=PhotosState.sent,
                action="Choose photos",
                hint=f"JPEG, PNG or WebP, up to 10 MB each, {PHOTOS_MOST} in all. "
                "Where they were taken is removed from them.",
                error=PhotosState.error,
                accept="image/jpeg,image/png,image/webp",
                most=PHOTOS_MOST,
                disabled=PhotosState.full,
            ),
        ),
        band="green",
    )


def _shots() -> rx.Component:
    return rx.el.ul(rx.foreach(PhotosState.shots, _shot), class_name="picked")


def _shot(shot: Shot, number: int) -> rx.Component:
    return rx.el.li(
        rx.el.img(src=shot.url, alt=shot.name, class_name="shot"),
        rx.cond(
            number == 0,
            rx.el.p("Shown first", class_name="soft small"),
            ui.button(
                "Show first",
                on_click=PhotosState.put_first(shot.key),
                aria_label=f"Show {shot.name} first",
            ),
        ),
        ui.button(
            "Remove",
            on_click=PhotosState.remove(shot.key),
            aria_label=f"Remove {shot.name}",
            kind="quiet",
        ),
        key=shot.key,
    )
