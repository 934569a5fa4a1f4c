"""The gallery's buttons, dialogs, tabs and fields, and what the server heard of them."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.gallery.state import GalleryState


def buttons() -> rx.Component:
    """Show every kind of button in every state, and what they open."""
    return ui.section(
        "Buttons, chips, tabs",
        ui.row(
            ui.button("Book for $14.00", kind="go", on_click=ui.toast("Held for 10 minutes.")),
            ui.button("Count", on_click=GalleryState.pressed),
            ui.button("Cancel booking", kind="danger", on_click=ui.open_dialog("end-now")),
            ui.button("Not now", kind="quiet", on_click=rx.noop()),
            ui.button("Booking", kind="go", pending=True),
            ui.button("Sold out", disabled=True),
            ui.go_link("Find a space", href=routes.MAP),
            ui.icon_button("close", label="Close", on_click=rx.noop()),
        ),
        ui.row(
            ui.button("Dialog from the server", on_click=GalleryState.ask),
            ui.button("Break something", on_click=GalleryState.fail),
            ui.button("Listen", on_click=GalleryState.listen),
            ui.button("Be refused", on_click=GalleryState.refuse),
            ui.button("A wrong message", on_click=ui.toast("The card was declined.", kind="wrong")),
        ),
        ui.modal(
            rx.el.p("Opened and closed by a flag of the state."),
            ui.actions(ui.button("Close", on_click=GalleryState.answered)),
            dialog_id="from-server",
            title="From the server",
            opened=GalleryState.asking,
            on_close=GalleryState.answered,
        ),
        ui.tabs(
            [
                ui.Tab("Today", routes.HOST),
                ui.Tab("Bookings", routes.BOOKINGS),
                ui.Tab("Messages", routes.MESSAGES, "2"),
            ],
            active=routes.HOST,
            label="Host",
        ),
    )


def fields() -> rx.Component:
    """Show every kind of field: empty, filled, explained and wrong."""
    return ui.section(
        "Fields",
        ui.form(
            *_lines(),
            *_choices(),
            ui.file_field(
                "photos",
                "Photos",
                on_pick=GalleryState.sent,
                most=8,
                hint="JPEG, PNG or WebP, up to 10 MB each.",
            ),
            on_submit=GalleryState.submit,
            action="Publish",
            error="Three things need a look before this can be published.",
            name="sample",
            label="Sample form",
        ),
    )


def _lines() -> list[rx.Component]:
    return [
        ui.text_field(
            "email", "E-mail", kind="email", hint="For the receipt.", auto_complete="email"
        ),
        ui.text_field(
            "plate",
            "Licence plate",
            default_value="KLM 4821",
            error="This plate has signs no plate has. Type it as it stands on the car.",
        ),
        ui.columns(
            ui.datetime_field(
                "from", "From", default_value="2026-11-21T18:00", hint="New York time"
            ),
            ui.datetime_field(
                "until",
                "Until",
                default_value="2026-11-21T17:00",
                error="The end lies before the start. Choose a later one.",
            ),
        ),
        ui.columns(
            ui.select_field("kind", "Kind", [("street", "On the street"), ("lot", "Lot")]),
            ui.text_field("rate", "Rate", unit="USD an hour", input_mode="decimal"),
        ),
        ui.area_field("description", "Description", hint="What should a driver know?"),
    ]


def _choices() -> list[rx.Component]:
    return [
        ui.group(
            "Opening hours",
            ui.check_field(
                "hours", "Always open", value="always", kind="radio", default_checked=True
            ),
            ui.check_field("hours", "By the week", value="weekly", kind="radio"),
        ),
        ui.group(
            "Tags",
            ui.check_field("tags", "Covered", value="covered", default_checked=True),
            ui.check_field("tags", "EV charger", value="ev", hint="Type 2 or CCS"),
        ),
        ui.check_field("terms", "I may rent this out", error="Tick this to go on."),
    ]


def icons() -> rx.Component:
    """Show the icons."""
    return ui.section("Icons", ui.row(*(ui.icon(name) for name in ui.ICONS)))


def heard() -> rx.Component:
    """List the events that came back, the latest last."""
    return ui.section("Heard", rx.el.ul(rx.foreach(GalleryState.heard, rx.el.li), id="heard"))
