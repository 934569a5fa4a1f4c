"""The admins' reports: all of them, and one."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.pages.reports import admin_components as components
from parkplace.web.pages.reports.admin_state import AdminState
from parkplace.web.pages.reports.reading import GONE, LIST, REFUSED, REPORT, STRANGER, UNPROVEN


def page() -> rx.Component:
    """Show admins the reports; everybody else is told where to go."""
    return framed(
        rx.match(
            AdminState.stage,
            (LIST, ui.stack(components.filters(), components.listed())),
            (REPORT, components.detail()),
            (STRANGER, _stranger()),
            (REFUSED, _refused()),
            (UNPROVEN, _unproven()),
            (GONE, _gone()),
            ui.waiting_deeds(3),
        ),
        title="Reports",
        back=AdminState.back,
    )


def _stranger() -> rx.Component:
    return ui.empty(
        "Sign in to see reports",
        "This list is for the people who run this place.",
        ui.go_link("Sign in", href=routes.sign_in(then=routes.ADMIN)),
    )


def _refused() -> rx.Component:
    return ui.empty(
        "This list is for admins",
        "Your account is not one. Reports that concern you stand on your bookings page.",
        ui.go_link("Open my bookings", href=routes.BOOKINGS),
        ui.go_link("Open the map", href=routes.MAP, kind="plain"),
    )


def _unproven() -> rx.Component:
    return ui.empty(
        "Switch on two-factor sign-in first",
        "Admins need a code of an authenticator app here, besides their password.",
        ui.go_link("Open my account", href=routes.ACCOUNT),
    )


def _gone() -> rx.Component:
    return ui.empty(
        "There is no such report",
        "The link is not complete. All reports are in the list.",
        ui.go_link("Open the list", href=routes.ADMIN),
    )
