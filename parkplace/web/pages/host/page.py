"""The list of a host's spaces."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.pages.host.state import EMPTY, LIST, STRANGER, HostState
from parkplace.web.pages.host.view import Row


def page() -> rx.Component:
    """Show a host's spaces."""
    return framed(
        ui.stack(
            rx.el.h1("Your spaces"),
            rx.match(
                HostState.stage,
                (LIST, _list()),
                (EMPTY, _empty()),
                (STRANGER, _stranger()),
                ui.waiting_deeds(3),
            ),
        ),
        active=routes.HOST,
    )


def _list() -> rx.Component:
    return ui.stack(
        ui.row(ui.go_link("List a space", href=routes.ADD_SPACE)),
        rx.el.h2("Spaces, newest first", class_name="sr"),
        ui.deeds(rx.foreach(HostState.rows, _row)),
        ui.turn_page("Older spaces", onwards=HostState.older, back=HostState.further),
    )


def _row(row: Row) -> rx.Component:
    return ui.deed_item(
        rx.el.article(
            rx.el.header(row.neighbourhood, rx.el.small(row.status), class_name="band"),
            rx.el.div(
                rx.el.div(
                    rx.el.h3(ui.link(row.name, href=row.href)),
                    rx.el.p(row.facts, class_name="meta"),
                ),
                ui.price_of_stay(row.rate, "an hour"),
                ui.row(_move(row)),
                class_name="body",
            ),
            class_name=f"deed band-{row.band}",
        )
    )


def _move(row: Row) -> rx.Component:
    busy = HostState.busy == row.id
    return rx.cond(
        row.published,
        ui.button(
            "Pause",
            on_click=HostState.pause(row.id),
            pending=busy,
            aria_label=f"Pause {row.name}",
        ),
        ui.button(
            "Publish",
            kind="go",
            on_click=HostState.publish(row.id),
            pending=busy,
            aria_label=f"Publish {row.name}",
        ),
    )


def _empty() -> rx.Component:
    return ui.empty(
        "No spaces yet",
        "A driveway, a garage, a bay: list it, and drivers find it on the map.",
        ui.go_link("List a space", href=routes.ADD_SPACE),
    )


def _stranger() -> rx.Component:
    return ui.empty(
        "Sign in to see your spaces",
        "Hosts find here what they list. It takes a minute to make an account.",
        ui.go_link("Sign in", href=routes.sign_in(then=routes.HOST)),
        ui.go_link("Sign up", href=routes.sign_up(then=routes.HOST), kind="plain"),
    )
