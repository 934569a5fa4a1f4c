"""The dialogs of a booking's page."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.pages.booking import changing
from parkplace.web.pages.booking.changing import ChangeState
from parkplace.web.pages.booking.extending import MINUTES, ExtendState
from parkplace.web.pages.booking.state import BookingState
from parkplace.web.pages.booking.view import Way

NAVIGATE, EXTEND = "navigate", "extend"
_ADDED = {30: "30 min more", 60: "1 h more", 120: "2 h more"}


def dialogs() -> rx.Component:
    """Hold every dialog ready."""
    return rx.fragment(_cancel(), _leave(), _plate(), _decline(), _navigate(), _extend())


def _cancel() -> rx.Component:
    held = BookingState.page.stage == "held"
    return ui.confirm(
        dialog_id=changing.CANCEL,
        question=rx.cond(held, "Let this bay go?", "Cancel this booking?"),
        detail=rx.el.p(
            rx.cond(
                BookingState.page.driving,
                "Nothing is charged, and the bay is free for others at once.",
                "The driver is told at once, and nothing is charged.",
            )
        ),
        action=rx.cond(held, "Let it go", "Cancel booking"),
        on_confirm=ChangeState.cancel,
    )


def _leave() -> rx.Component:
    return ui.confirm(
        dialog_id=changing.LEAVE,
        question="End the stay now?",
        detail=rx.el.p(ChangeState.leaving),
        action="End the stay",
        on_confirm=ChangeState.leave,
        keep="Stay",
    )


def _plate() -> rx.Component:
    page = BookingState.page
    return ui.modal(
        ui.form(
            ui.columns(
                ui.text_field(
                    "plate",
                    "Licence plate",
                    error=ChangeState.errors["plate"],
                    default_value=page.plate,
                    key=f"plate {page.plate}",
                    auto_complete="off",
                    auto_capitalize="characters",
                ),
                ui.text_field(
                    "plate_region",
                    "Plate's state or country (optional)",
                    hint="Such as NY or D.",
                    error=ChangeState.errors["plate_region"],
                    default_value=page.plate_region,
                    key=f"region {page.plate_region}",
                    auto_complete="off",
                    auto_capitalize="characters",
                ),
            ),
            on_submit=ChangeState.change_plate,
            action="Save plate",
            name="plate-form",
            label="The vehicle you bring",
        ),
        dialog_id=changing.PLATE,
        title="Which car do you bring?",
        sheet=True,
    )


def _decline() -> rx.Component:
    return ui.modal(
        ui.form(
            ui.area_field(
                "why",
                "Why (optional)",
                hint="The driver reads this.",
                error=ChangeState.errors["why"],
            ),
            on_submit=ChangeState.decline,
            action="Decline",
            name="decline-form",
            label="Decline this request",
        ),
        dialog_id=changing.DECLINE,
        title="Decline this request?",
        sheet=True,
    )


def _navigate() -> rx.Component:
    page = BookingState.page
    return ui.modal(
        rx.el.p(page.bay),
        rx.el.ul(rx.foreach(page.ways, _way), class_name="stack tight"),
        ui.actions(ui.button("Close", on_click=ui.close_dialog(NAVIGATE))),
        dialog_id=NAVIGATE,
        title="Find the way with",
    )


def _way(way: Way) -> rx.Component:
    return rx.el.li(ui.outside(way.label, href=way.href, class_name="button wide", new=True))


def _extend() -> rx.Component:
    return ui.modal(
        ui.chips(
            *(
                ui.chip(_ADDED[minutes], pressed=False, on_click=ExtendState.add(minutes))
                for minutes in MINUTES
            ),
            label="How much longer",
        ),
        rx.el.form(
            ui.datetime_field(
                "until",
                "Until",
                hint=BookingState.page.zone,
                error=ExtendState.error,
                default_value=ExtendState.typed,
                key=f"until {ExtendState.typed}",
            ),
            ui.button("Show the price", submit=True),
            class_name="form",
            no_validate=True,
            on_submit=ExtendState.show,
        ),
        rx.cond(ExtendState.passes, _passes(), rx.fragment()),
        rx.el.div(
            rx.cond(
                ExtendState.proposal.sentence,
                rx.el.p(ExtendState.proposal.sentence, class_name="strong"),
                rx.fragment(),
            ),
            role="status",
        ),
        ui.actions(
            ui.button("Leave it as it is", on_click=ExtendState.close),
            rx.cond(
                ExtendState.proposal.action,
                ui.button(ExtendState.proposal.action, kind="go", on_click=ExtendState.confirm),
                rx.fragment(),
            ),
        ),
        dialog_id=EXTEND,
        title="Change the end of your stay",
        opened=ExtendState.opened,
        on_close=ExtendState.close,
        sheet=True,
    )


def _passes() -> rx.Component:
    return ui.actions(
        ui.button(ExtendState.passes[0], on_click=ExtendState.choose("first")),
        ui.button(ExtendState.passes[1], on_click=ExtendState.choose("second")),
    )
