"""The parts of a booking's page: what to know first, the pass, and what else there is."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.frame import FrameState
from parkplace.web.nearby import found_deeds
from parkplace.web.pages.booking import changing, dialogs
from parkplace.web.pages.booking.changing import ChangeState
from parkplace.web.pages.booking.extending import ExtendState
from parkplace.web.pages.booking.paying import PayState
from parkplace.web.pages.booking.state import BookingState


def messages() -> rx.Component:
    """Say what became of the booking, where its pass does not."""
    page = BookingState.page
    return rx.fragment(
        _if(page.news, ui.done("Confirmed", page.news)),
        _if(BookingState.unsure, ui.wrong("We are not sure yet", BookingState.unsure)),
        _if(
            page.outcome.title,
            rx.match(
                page.outcome.mood,
                ("done", ui.done(page.outcome.title, page.outcome.text)),
                ("wrong", ui.wrong(page.outcome.title, page.outcome.text)),
                ui.empty(page.outcome.title, page.outcome.text),
            ),
        ),
    )


def deed() -> rx.Component:
    """Show the booking as a deed: the pass."""
    page = BookingState.page
    return ui.booking_pass(
        _if(page.until > 0, _countdown()),
        _if(page.stage != "active", _when()),
        _if(page.plate, ui.plate(page.plate, region=page.plate_region)),
        rx.cond(page.driving, _for_driver(), _for_host()),
        _if(page.stands, _if(page.steps, ui.steps(page.steps))),
        _if(
            page.lines,
            ui.price_lines(page.lines, total=page.total, total_label=page.total_label, opened=True),
        ),
        _if(page.driving & (page.stage == "active"), _in_my_bay()),
        name=page.name,
        bay=page.bay,
        band=page.band,
        neighbourhood=page.neighbourhood,
        reference=page.reference,
    )


def instead() -> rx.Component:
    """Offer the nearest free spaces in the place of one that was lost."""
    return _if(
        BookingState.nearest,
        rx.el.section(
            rx.el.h2("Free nearby for that time"),
            found_deeds(BookingState.nearest),
            class_name="stack",
            aria_label="Free nearby for that time",
        ),
    )


def _countdown() -> rx.Component:
    page = BookingState.page
    return rx.cond(
        page.since > 0,
        ui.countdown(
            until=page.until,
            since=page.since,
            now=page.now,
            note=page.left,
            on_end=BookingState.refresh,
        ),
        ui.countdown(until=page.until, now=page.now, note=page.left, on_end=BookingState.refresh),
    )


def _when() -> rx.Component:
    page = BookingState.page
    return rx.el.p(
        rx.el.span(page.when, class_name="strong"),
        f" · {page.lasts} · {page.zone}",
        class_name="when small",
    )


def _for_driver() -> rx.Component:
    return rx.fragment(
        rx.match(
            BookingState.page.stage,
            ("held", _held()),
            ("requested", ui.actions(_ask("Cancel booking", changing.CANCEL))),
            ("confirmed", _confirmed()),
            ("active", _active()),
            ("completed", _completed()),
            ("expired", _expired()),
            _elsewhere(),
        )
    )


def _held() -> rx.Component:
    return rx.fragment(
        rx.cond(PayState.saved, _kept_card(), _pay("Save your card", go=True)),
        rx.el.p(
            rx.cond(PayState.saved, "Nothing is charged until you leave. ", ""),
            rx.cond(
                FrameState.sandbox,
                "This goes to the payment sandbox: no card is charged and no money is real. "
                "Use card 4242 4242 4242 4242.",
                rx.cond(
                    PayState.saved,
                    "Another card is saved on Stripe's page.",
                    "Your card is saved on Stripe's page. Nothing is charged until you leave.",
                ),
            ),
            class_name="soft small",
        ),
        ui.actions(_plate_button(), _ask("Let it go", changing.CANCEL)),
    )


def _confirmed() -> rx.Component:
    return rx.fragment(
        _missing_plate(),
        ui.actions(
            ui.button("Navigate", kind="go", on_click=ui.open_dialog(dialogs.NAVIGATE)),
            ui.button("Change the end", on_click=ExtendState.open),
            _plate_button(),
            _calendar(),
            _ask("Cancel booking", changing.CANCEL),
        ),
    )


def _active() -> rx.Component:
    return rx.fragment(
        _missing_plate(),
        ui.actions(
            ui.button("Extend", kind="go", on_click=ExtendState.open),
            ui.button("Navigate", on_click=ui.open_dialog(dialogs.NAVIGATE)),
            ui.button("End now", on_click=ChangeState.ask_to_leave),
        ),
        ui.actions(_plate_button(), _calendar()),
    )


def _completed() -> rx.Component:
    page = BookingState.page
    return ui.actions(
        _if(
            page.confirms,
            ui.button(
                "Confirm with your bank",
                kind="go",
                on_click=PayState.confirm,
                pending=PayState.pending == "confirm",
            ),
        ),
        _if(
            page.pays,
            rx.cond(page.confirms, _other_card(go=False), _other_card(go=True)),
        ),
        _book_again(),
    )


def _kept_card() -> rx.Component:
    return rx.fragment(
        ui.button(
            f"Pay with {PayState.saved}",
            kind="go",
            wide=True,
            on_click=PayState.use_saved,
            pending=PayState.pending == "saved",
        ),
        _pay("Use another card", go=False),
    )


def _pay(label: str, *, go: bool) -> rx.Component:
    return ui.button(
        label,
        kind="go" if go else "plain",
        wide=True,
        on_click=PayState.pay,
        pending=PayState.pending == "pay",
    )


def _other_card(*, go: bool) -> rx.Component:
    return ui.button(
        "Pay with another card",
        kind="go" if go else "plain",
        on_click=PayState.pay,
        pending=PayState.pending == "pay",
    )


def _expired() -> rx.Component:
    return rx.cond(
        BookingState.again,
        rx.fragment(
            rx.el.p("It is still free for your whole stay.", class_name="status free"),
            ui.actions(
                ui.button(
                    "Hold it again",
                    kind="go",
                    on_click=PayState.hold_again,
                    pending=PayState.pending == "again",
                ),
                ui.go_link("Choose another time", href=BookingState.page.space, kind="plain"),
            ),
        ),
        rx.fragment(
            rx.el.p("It cannot be had for that time any more.", class_name="status taken"),
            ui.actions(
                ui.go_link("Choose another time", href=BookingState.page.space, kind="plain")
            ),
        ),
    )


def _elsewhere() -> rx.Component:
    return ui.actions(_book_again())


def _book_again() -> rx.Component:
    return ui.go_link("Book here again", href=BookingState.page.space, kind="plain")


def _for_host() -> rx.Component:
    page = BookingState.page
    return ui.actions(
        _if(page.answers, ui.button("Approve", kind="go", on_click=ChangeState.approve)),
        _if(page.answers, _ask("Decline", changing.DECLINE)),
        _if(page.cancels, _ask("Cancel booking", changing.CANCEL)),
        ui.go_link("Report a vehicle here", href=page.report, kind="plain"),
    )


def _missing_plate() -> rx.Component:
    return rx.cond(
        BookingState.page.plate,
        rx.fragment(),
        rx.el.p("Say which car you bring, so that nobody reports it.", class_name="small strong"),
    )


def _plate_button() -> rx.Component:
    said = rx.cond(BookingState.page.plate, "Change plate", "Add your plate")
    return ui.button(said, on_click=ui.open_dialog(changing.PLATE))


def _calendar() -> rx.Component:
    return ui.button("Add to calendar", on_click=ChangeState.save_appointment)


def _ask(label: str, dialog_id: str) -> rx.Component:
    return ui.button(label, on_click=ui.open_dialog(dialog_id))


def _in_my_bay() -> rx.Component:
    return ui.go_link(
        "Someone is in my bay", href=BookingState.page.report, kind="danger", wide=True
    )


def _if(condition: object, component: ui.Content) -> rx.Component:
    return rx.cond(condition, component, rx.fragment())
