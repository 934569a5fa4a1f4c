"""Reporting a vehicle, what became of a report, and the admins' list of all of them."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.reports import admin_page, page
from parkplace.web.pages.reports.admin_state import AdminState
from parkplace.web.pages.reports.state import ReportState
from parkplace.web.pages.reports.status_state import StatusState


def add_pages(app: rx.App) -> None:
    """Add the pages to the app."""
    app.add_page(
        page.report,
        route=routes.REPORT,
        title="Report a vehicle · Park Place",
        on_load=[FrameState.load, ReportState.load],
    )
    app.add_page(
        page.status,
        route=routes.REPORT_STATUS,
        title="Your report · Park Place",
        on_load=[FrameState.load, StatusState.load],
    )
    app.add_page(
        admin_page.page,
        route=routes.ADMIN,
        title="Reports · Park Place",
        on_load=[FrameState.load, AdminState.load],
    )
