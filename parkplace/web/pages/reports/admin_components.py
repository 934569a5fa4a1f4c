"""The parts of the admins' reports."""

import reflex as rx

from parkplace.reports.models import ReportStatus
from parkplace.reports.service import ANSWER_MOST
from parkplace.web import routes, ui
from parkplace.web.map.bridge import map_frame
from parkplace.web.pages.reports.admin_state import AdminState
from parkplace.web.pages.reports.view import ALL, Row
from parkplace.web.reported import STATUSES

_ANSWERS = {
    ReportStatus.RESOLVED: "Resolved: it was dealt with",
    ReportStatus.DISMISSED: "Dismissed: there is nothing to do",
    ReportStatus.OPEN: "Open: it still waits",
}


def filters() -> rx.Component:
    """Choose which reports are listed; each choice is an address of its own."""
    choices = {ALL: "All", **STATUSES}
    return rx.el.nav(
        *(_filter(value, label) for value, label in choices.items()),
        class_name="tabs",
        aria_label="Which reports",
    )


def _filter(value: str, label: str) -> rx.Component:
    wanted = "" if value == ALL else value
    return ui.link(
        label,
        href=routes.with_query(routes.ADMIN, {"status": wanted}),
        aria_current=rx.cond(AdminState.chosen == value, "page", "false"),
    )


def listed() -> rx.Component:
    """List the reports, latest first, a page at a time."""
    return rx.cond(
        AdminState.rows,
        ui.stack(
            rx.el.h2("Reports, latest first", class_name="sr"),
            ui.deeds(rx.foreach(AdminState.rows, _row)),
            ui.turn_page("Older reports", onwards=AdminState.older, back=AdminState.further),
        ),
        ui.empty("No reports here", "When somebody files one, it stands here at once."),
    )


def _row(row: Row) -> rx.Component:
    return ui.deed_item(
        rx.el.article(
            rx.el.header(row.status, rx.el.small(row.filed), class_name="band"),
            rx.el.div(
                rx.el.div(
                    rx.el.h3(ui.link(row.problem, href=row.href)),
                    rx.el.p(row.excerpt, class_name="meta"),
                ),
                ui.plate(row.plate, region=row.region, small=True),
                class_name="body",
            ),
            class_name=rx.cond(row.open, "deed band-red", "deed band-green"),
        )
    )


def detail() -> rx.Component:
    """Show one report, and take its answer."""
    return rx.el.div(
        ui.stack(_said(), _answer()),
        ui.stack(_where(), _photo()),
        class_name="sides",
    )


def _said() -> rx.Component:
    report = AdminState.detail
    return ui.card(
        report.problem,
        ui.stack(
            ui.row(ui.plate(report.plate, region=report.region)),
            rx.foreach(report.description, rx.el.p),
            rx.el.p("Filed ", report.filed, _by(), class_name="soft small"),
            rx.cond(
                report.space_href,
                rx.el.p("About ", ui.link(report.space, href=report.space_href)),
                rx.fragment(),
            ),
            rx.cond(
                report.answered,
                rx.el.p("Last answered ", report.answered, class_name="soft small"),
                rx.fragment(),
            ),
            gap="tight",
        ),
        band=rx.cond(report.status == ReportStatus.OPEN, "red", "green"),
        aside=report.status_words,
    )


def _by() -> rx.Component:
    return rx.fragment(rx.cond(AdminState.detail.email, f" by {AdminState.detail.email}", ""))


def _answer() -> rx.Component:
    report = AdminState.detail
    return ui.card(
        "Your answer",
        ui.form(
            ui.group("What becomes of it", *(_choice(s, words) for s, words in _ANSWERS.items())),
            ui.area_field(
                "answer",
                "In words",
                hint="Whoever filed it reads this, and whom it concerns.",
                error=AdminState.errors["answer"],
                default_value=report.answer,
                key=f"answer {report.id}",
                max_length=ANSWER_MOST,
            ),
            on_submit=AdminState.answer,
            action="Save the answer",
            pending=AdminState.pending,
            error=AdminState.errors[""],
            name="answer",
            label="Answer this report",
        ),
        band="yellow",
    )


def _choice(status: ReportStatus, words: str) -> rx.Component:
    report = AdminState.detail
    return ui.check_field(
        "status",
        words,
        value=status.value,
        kind="radio",
        default_checked=report.status == status.value,
        key=f"{status.value} {report.id}",
    )


def _where() -> rx.Component:
    return rx.cond(
        AdminState.pins,
        ui.stack(
            rx.el.h2("Where it was seen"),
            map_frame(
                pins=AdminState.pins,
                selected=AdminState.detail.id,
                center=AdminState.center,
                zoom=17,
                boxed=True,
                label="Map of where it was seen",
            ),
            gap="tight",
        ),
        rx.el.p("The place was not said.", class_name="soft"),
    )


def _photo() -> rx.Component:
    return rx.cond(
        AdminState.photo,
        ui.stack(
            rx.el.h2("Photo"),
            rx.el.a(
                rx.el.img(src=AdminState.photo, alt="Sent with the report", class_name="shot"),
                href=AdminState.photo_large,
                target="_blank",
                rel="noopener",
            ),
            gap="tight",
        ),
        rx.el.p("No photo was sent.", class_name="soft"),
    )
