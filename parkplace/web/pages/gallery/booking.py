"""The gallery's pass, its countdowns, its messages and its cards."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.pages.gallery.state import GalleryState


def passes() -> rx.Component:
    """Show a pass, and countdowns that end at different moments."""
    return ui.section(
        "Pass and countdown",
        _pass(),
        ui.row(
            ui.countdown(
                until=GalleryState.hold_until,
                now=GalleryState.now,
                note="to pay, then the bay is offered again",
                plain=True,
            ),
            ui.countdown(
                until=GalleryState.moment,
                now=GalleryState.now,
                ended="The hold has ended.",
                on_end=GalleryState.ended,
                plain=True,
            ),
            ui.plate("B AB 1234", region="D", small=True),
        ),
        ui.confirm(
            dialog_id="end-now",
            question="End the stay now?",
            detail="You pay $10.50 for 2 h 15 min, and the bay is free for others.",
            action="End the stay",
            on_confirm=GalleryState.confirmed,
            keep="Stay until 9:00 pm",
        ),
    )


def _pass() -> rx.Component:
    return ui.booking_pass(
        ui.countdown(
            until=GalleryState.stay_until,
            now=GalleryState.now,
            since=GalleryState.began,
            note="until 9:00 pm · New York time",
        ),
        ui.plate("KLM 4821", region="NY"),
        ui.actions(
            ui.button("Extend", kind="go"),
            ui.button("Navigate"),
            ui.button("End now", on_click=ui.open_dialog("end-now")),
        ),
        ui.steps(
            [
                "Ring bell 3, the gate opens for your plate.",
                "Down the ramp, second bay on the left.",
            ]
        ),
        ui.price_lines(
            GalleryState.lines, total="$14.00", total_label="Charged when you leave", opened=True
        ),
        ui.button("Someone is in my bay", kind="danger", wide=True),
        name="St Marks Place garage",
        bay="Bay 2",
        band="orange",
        neighbourhood="East Village",
        reference="8Q4-KX2H",
    )


def messages() -> rx.Component:
    """Show what people see when there is nothing, not yet, or not as it should be."""
    return ui.section(
        "Nothing, not yet, not as it should be",
        ui.empty(
            "No bookings yet",
            "What you book appears here, with its pass and its receipt.",
            ui.go_link("Find a space", href=routes.MAP),
        ),
        ui.wrong(
            "The card was declined",
            "Nothing was charged, and the bay is yours for another 8 minutes. Try another card.",
            ui.button("Try another card", kind="go"),
        ),
        ui.done("Your space is live", "Drivers can find it from now on."),
        ui.waiting_lines(4),
    )


def figures() -> rx.Component:
    """Show cards with a band, with a figure, and on plain paper."""
    return ui.section(
        "Cards",
        ui.cards(
            ui.card(
                "Needs your answer",
                rx.el.p("Fri 18:00 – Sun 10:00, Bond Street driveway, 40 h, $96.00 to you"),
                ui.actions(ui.button("Approve", kind="go"), ui.button("Decline")),
                band="yellow",
            ),
            ui.card(
                "This week",
                ui.figure("$1,284.50", "+12 % on last week · $310.00 on its way Monday"),
                band="green",
                aside="7 days",
            ),
            ui.card("A card on paper", rx.el.p("Without a band's colour."), wide=True),
        ),
    )
