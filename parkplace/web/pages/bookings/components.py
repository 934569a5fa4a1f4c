"""The parts of the list of bookings."""

import reflex as rx

from parkplace.bookings.queries import When
from parkplace.web import routes, ui
from parkplace.web.pages.bookings.state import (
    AT_MY_SPACES,
    CANCEL,
    DECLINE,
    LEAVE,
    BookingsState,
)
from parkplace.web.pages.bookings.view import Notice, Row


def lists() -> rx.Component:
    """Show the tabs, what concerns the person, and the three parts."""
    return ui.stack(
        _tabs(),
        _notices(),
        rx.cond(BookingsState.nothing, _none_yet(), rx.fragment()),
        _part("Now", BookingsState.current, When.NOW),
        _part("Upcoming", BookingsState.upcoming, When.UPCOMING),
        _part("Past", BookingsState.past, When.PAST),
        *_dialogs(),
        gap="loose",
    )


def _tabs() -> rx.Component:
    return rx.cond(
        BookingsState.hosts,
        ui.tabs(
            [
                ui.Tab("My stays", routes.BOOKINGS),
                ui.Tab("At my spaces", AT_MY_SPACES, BookingsState.asks),
            ],
            active=rx.cond(BookingsState.hosting, AT_MY_SPACES, routes.BOOKINGS),
            label="Whose bookings",
        ),
        rx.fragment(),
    )


def _none_yet() -> rx.Component:
    return rx.cond(
        BookingsState.hosting,
        ui.empty(
            "No bookings at your spaces yet",
            "They appear here as soon as somebody books.",
            ui.go_link("List a space", href=routes.ADD_SPACE),
        ),
        ui.empty(
            "No bookings yet",
            "What you book appears here, with its pass and its receipt.",
            ui.go_link("Find a space", href=routes.MAP),
        ),
    )


def _part(title: str, rows: list[Row], when: When) -> rx.Component:
    return rx.cond(
        rows,
        ui.section(
            title,
            ui.deeds(rx.foreach(rows, lambda row: ui.deed_item(_deed(row)))),
            rx.cond(
                BookingsState.more[when],
                ui.button("Show more", on_click=BookingsState.show_more(when)),
                rx.fragment(),
            ),
        ),
        rx.fragment(),
    )


def _deed(row: Row) -> rx.Component:
    return rx.el.article(
        rx.el.header(row.neighbourhood, rx.el.small("Deed no. ", row.reference), class_name="band"),
        rx.el.div(
            rx.el.div(
                rx.el.h3(ui.link(row.name, href=row.href)),
                rx.el.p(row.when, class_name="strong small"),
                rx.el.p(
                    row.lasts,
                    " · ",
                    row.zone,
                    rx.cond(row.plate, f" · {row.plate}", ""),
                    class_name="meta",
                ),
            ),
            rx.cond(row.total, ui.price_of_stay(row.total, ""), rx.fragment()),
            rx.el.div(rx.el.p(row.status, class_name="strong"), _countdown(row), class_name="row"),
            _actions(row),
            class_name="body booked",
        ),
        class_name=["deed", f"band-{row.band}"],
    )


def _countdown(row: Row) -> rx.Component:
    return rx.cond(
        row.until > 0,
        ui.countdown(
            until=row.until, now=row.now, plain=True, ended="Over", on_end=BookingsState.refresh
        ),
        rx.fragment(),
    )


def _actions(row: Row) -> rx.Component:
    return rx.el.div(
        _if(
            row.answers,
            ui.button(
                "Approve",
                kind="go",
                aria_label=f"Approve, {row.reference}",
                on_click=BookingsState.approve(row.id),
            ),
        ),
        _if(row.answers, _asking("Decline", row, DECLINE)),
        rx.cond(row.urgent, _following(row, "button go"), _following(row, "button")),
        _if(
            row.leaves,
            ui.button(
                "End now",
                aria_label=f"End now, {row.name}",
                on_click=BookingsState.ask_to_leave(row.id, row.name),
            ),
        ),
        _if(row.cancels, _asking("Cancel", row, CANCEL)),
        class_name="acts",
    )


def _following(row: Row, names: str) -> rx.Component:
    return ui.link(row.next, href=row.href, class_name=names, aria_label=f"{row.next}, {row.name}")


def _asking(label: str, row: Row, dialog: str) -> rx.Component:
    return ui.button(
        label,
        aria_label=f"{label}, {row.name}",
        on_click=BookingsState.choose(row.id, row.name, dialog),
    )


def _notices() -> rx.Component:
    return rx.cond(
        BookingsState.notices,
        ui.section(
            "Reports that concern you",
            rx.foreach(BookingsState.notices, _notice),
        ),
        rx.fragment(),
    )


def _notice(notice: Notice) -> rx.Component:
    return rx.el.div(
        rx.el.h3(notice.title),
        rx.el.p(notice.when, class_name="soft small"),
        rx.el.p(f"“{notice.said}”"),
        rx.el.p(notice.answer, class_name="strong"),
        class_name=rx.cond(notice.open, "panel wrong", "panel"),
    )


def _dialogs() -> list[rx.Component]:
    name = BookingsState.chosen_name
    return [
        ui.confirm(
            dialog_id=CANCEL,
            question="Cancel this booking?",
            detail=rx.el.p(name, ": nothing is charged, and the other side is told at once."),
            action="Cancel booking",
            on_confirm=BookingsState.cancel,
        ),
        ui.confirm(
            dialog_id=LEAVE,
            question="End the stay now?",
            detail=rx.el.p(name, ". ", BookingsState.leaving),
            action="End the stay",
            on_confirm=BookingsState.leave,
            keep="Stay",
        ),
        ui.confirm(
            dialog_id=DECLINE,
            question="Decline this request?",
            detail=rx.el.p(name, ": the driver is told at once, and nothing is charged."),
            action="Decline",
            on_confirm=BookingsState.decline,
            keep="Not yet",
        ),
    ]


def _if(condition: object, component: rx.Component) -> rx.Component:
    return rx.cond(condition, component, rx.fragment())
