"""The parts of the report form and of a report's status."""

import reflex as rx

from parkplace.reports.models import ReportKind
from parkplace.reports.service import DESCRIPTION_MOST
from parkplace.web import routes, ui
from parkplace.web.map.bridge import map_frame
from parkplace.web.pages.reports.state import ReportState
from parkplace.web.pages.reports.status_state import StatusState
from parkplace.web.reported import PROBLEMS


class CopyLink(rx.Component):
    """The address of the page that is open, with a button that copies it."""

    library = rx.asset("copy_link.js", shared=True).importable_path
    tag = "CopyLink"

    label: rx.Var[str] = rx.Var.create("Your link to this report")
    action: rx.Var[str] = rx.Var.create("Copy")
    done: rx.Var[str] = rx.Var.create("Copied")


def form() -> rx.Component:
    """Ask for what a report says."""
    return ui.form(
        ui.keep(ReportState.kept, on_typed=ReportState.typed),
        _vehicle(),
        _wrong(),
        _evidence(),
        _reporter(),
        on_submit=ReportState.submit,
        action="Send the report",
        pending=ReportState.pending,
        error=ReportState.errors[""],
        name="report",
        label="Report a vehicle",
    )


def _vehicle() -> rx.Component:
    return ui.card(
        "Which vehicle?",
        ui.columns(
            ui.text_field(
                "plate",
                "Licence plate",
                error=ReportState.errors["plate"],
                required=True,
                default_value=ReportState.plate,
                auto_complete="off",
                auto_capitalize="characters",
                spell_check=False,
            ),
            ui.text_field(
                "plate_region",
                "Plate's state or country (optional)",
                hint="Such as NY or D.",
                error=ReportState.errors["plate_region"],
                default_value=ReportState.region,
                auto_complete="off",
                auto_capitalize="characters",
                max_length=3,
            ),
        ),
        band="red",
    )


def _wrong() -> rx.Component:
    return ui.card(
        "What is wrong?",
        ui.stack(
            ui.group(
                "Choose what fits",
                *(_problem(kind, words) for kind, words in PROBLEMS.items()),
                ui.form_error(ReportState.errors["kind"], name="kind"),
            ),
            ui.area_field(
                "description",
                "What happened",
                hint="What you saw, and since when.",
                error=ReportState.errors["description"],
                required=True,
                max_length=DESCRIPTION_MOST,
            ),
        ),
        band="orange",
    )


def _problem(kind: ReportKind, words: str) -> rx.Component:
    return ui.check_field("kind", words, value=kind.value, kind="radio")


def _evidence() -> rx.Component:
    return ui.card(
        "Photo and place",
        ui.stack(
            _photo(),
            _place(),
        ),
        band="sky",
        aside="Both optional",
    )


def _photo() -> rx.Component:
    return ui.stack(
        rx.cond(
            ReportState.photo,
            rx.el.div(
                rx.el.img(src=ReportState.photo, alt="Your photo", class_name="shot"),
                ui.button("Remove the photo", on_click=ReportState.remove_photo),
                class_name="row",
            ),
            rx.fragment(),
        ),
        ui.file_field(
            "photo",
            "Photo (optional)",
            on_pick=ReportState.send_photo,
            action=rx.cond(ReportState.photo, "Choose another photo", "Choose a photo"),
            hint="JPEG, PNG or WebP, up to 10 MB. Where it was taken is removed from it.",
            error=ReportState.photo_error,
            accept="image/jpeg,image/png,image/webp",
        ),
        gap="tight",
    )


def _place() -> rx.Component:
    return ui.stack(
        rx.el.h3("Where it was seen (optional)"),
        ui.row(
            ui.button(ui.icon("here"), "Use my location", on_click=ui.locate(ReportState.located)),
            rx.cond(
                ReportState.spot,
                ui.button("Take the pin away", on_click=ReportState.unplace, kind="quiet"),
                rx.fragment(),
            ),
        ),
        map_frame(
            placing=True,
            placed=ReportState.spot,
            center=ReportState.center,
            zoom=17,
            boxed=True,
            label="Map: press where the vehicle is",
            on_placed=ReportState.placed,
        ),
        rx.el.p(
            rx.cond(ReportState.spot, "The pin is set. Drag it to correct it.", "Press the map."),
            class_name="soft small",
            role="status",
        ),
        ui.form_error(ReportState.map_error, name="place"),
        gap="tight",
    )


def _reporter() -> rx.Component:
    return rx.cond(
        ReportState.email,
        rx.el.p("The link to your report is sent to ", rx.el.strong(ReportState.email), "."),
        ui.text_field(
            "email",
            "Your e-mail (optional)",
            hint="The link to your report is sent there. The vehicle's owner never sees it.",
            kind="email",
            error=ReportState.errors["email"],
            auto_complete="email",
            auto_capitalize="none",
        ),
    )


def status() -> rx.Component:
    """Say what became of a report."""
    report = StatusState.report
    return ui.card(
        report.problem,
        ui.stack(
            ui.row(ui.plate(report.plate, region=report.region)),
            rx.el.p("Reported ", report.filed, class_name="soft small"),
            rx.el.p(report.sentence, class_name="strong"),
            rx.foreach(report.answer, rx.el.p),
            rx.cond(
                report.answered,
                rx.el.p("Answered ", report.answered, class_name="soft small"),
                rx.fragment(),
            ),
            CopyLink.create(),
            gap="tight",
        ),
        band="orange",
        aside=report.status,
    )


def thanks() -> rx.Component:
    """Say that the report was filed; the same for every plate."""
    return rx.cond(
        StatusState.filed,
        ui.done(
            "Your report is sent",
            "Keep the link below: it leads to this page, where the answer will stand.",
            ui.go_link("Back to the map", href=routes.MAP, kind="plain"),
        ),
        rx.fragment(),
    )
