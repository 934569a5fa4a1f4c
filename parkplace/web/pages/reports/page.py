"""The page that takes a report, and the page that says what became of it."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import framed
from parkplace.web.pages.reports import components
from parkplace.web.pages.reports.state import ASKING, ReportState
from parkplace.web.pages.reports.status_state import FOUND, GONE, StatusState


def report() -> rx.Component:
    """Take a report from anyone."""
    return framed(
        rx.cond(
            ReportState.stage == ASKING,
            ui.stack(
                rx.el.p(
                    "Anyone may report a vehicle. You get a link that shows what becomes of it."
                ),
                rx.cond(
                    ReportState.about,
                    rx.el.p("This is about ", rx.el.strong(ReportState.about), "."),
                    rx.fragment(),
                ),
                components.form(),
            ),
            ui.waiting_deeds(2),
        ),
        title="Report a vehicle",
        width="narrow",
    )


def status() -> rx.Component:
    """Say what became of a report."""
    return framed(
        rx.match(
            StatusState.stage,
            (FOUND, ui.stack(components.thanks(), components.status())),
            (
                GONE,
                ui.empty(
                    "No report here",
                    "This link belongs to no report. Check that it is complete.",
                    ui.go_link("Report a vehicle", href=routes.REPORT),
                ),
            ),
            ui.waiting_deeds(1),
        ),
        title="Your report",
        width="narrow",
    )
