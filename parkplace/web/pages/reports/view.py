"""What the pages about reports say, made from what was read; nothing here asks anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from parkplace.accounts.emails import normalised
from parkplace.core.errors import Invalid
from parkplace.core.plates import clean_region
from parkplace.reports.models import Report, ReportKind, ReportStatus
from parkplace.reports.service import clean_description, require_plate
from parkplace.web import reported, routes
from parkplace.web.map.pins import MapPin

EXCERPT = 140
ALL = "all"
_SENTENCES = {
    ReportStatus.OPEN: "It is waiting to be looked at. What becomes of it will stand here.",
    ReportStatus.RESOLVED: "It was looked at and dealt with.",
    ReportStatus.DISMISSED: "It was looked at, and nothing was done.",
}


class UnknownProblem(Invalid):
    """Raised when a form says nothing, or nothing known, of what is wrong."""

    code = "unknown_problem"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed into the report form."""

    plate: str
    region: str
    kind: str
    description: str
    email: str

    @property
    def problem(self) -> ReportKind:
        """What is wrong.

        Raises:
            UnknownProblem: It was not said.
        """
        try:
            return ReportKind(self.kind)
        except ValueError:
            raise UnknownProblem("Choose what is wrong.", field="kind") from None


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a report, in words for whoever has its link."""

    plate: str = ""
    region: str = ""
    problem: str = ""
    filed: str = ""
    status: str = ""
    sentence: str = ""
    answer: tuple[str, ...] = ()
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A report in the admins' list."""

    id: str
    href: str
    plate: str
    region: str
    problem: str
    filed: str
    status: str
    open: bool
    excerpt: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A report as admins read it; `back` is the list it was opened from."""

    id: str = ""
    plate: str = ""
    region: str = ""
    problem: str = ""
    filed: str = ""
    answered: str = ""
    status: str = ""
    status_words: str = ""
    description: tuple[str, ...] = ()
    answer: str = ""
    email: str = ""
    space: str = ""
    space_href: str = ""
    photo_key: str = ""


def subject(query: Mapping[str, str]) -> str:
    """Return what tells the report an address begins from any other."""
    return " ".join(query.get(name, "") for name in ("space", "plate", "region"))


def typed(form: Mapping[str, object]) -> Typed:
    """Return what a form carries; whatever is missing is empty."""
    names = ("plate", "plate_region", "kind", "description", "email")
    plate, region, kind, description, email = (str(form.get(name) or "") for name in names)
    return Typed(plate, region, kind, description, email.strip())


def problems(report: Typed, *, signed_in: bool) -> dict[str, str]:
    """Return what is wrong with a report, by field; all of it at once."""
    checks: list[Callable[[], object]] = [
        lambda: require_plate(report.plate),
        lambda: clean_region(report.region),
        lambda: report.problem,
        lambda: clean_description(report.description),
    ]
    if report.email and not signed_in:
        checks.append(lambda: normalised(report.email))
    found: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except Invalid as error:
            found[error.field or ""] = error.message
    return found


def status(report: Report, *, timezone: str, locale: str) -> Status:
    """Return what became of a report."""
    open_still = report.status == ReportStatus.OPEN
    return Status(
        plate=report.plate,
        region=report.region,
        problem=reported.problem(report.kind),
        filed=reported.moment(report.created_at, timezone=timezone, locale=locale),
        status=reported.status(report.status),
        sentence=_SENTENCES[ReportStatus(report.status)],
        answer=reported.paragraphs(report.answer),
        answered=""
        if open_still
        else reported.moment(report.updated_at, timezone=timezone, locale=locale),
    )


def row(report: Report, *, timezone: str, locale: str, listed: Mapping[str, str]) -> Row:
    """Return a report as a line of the list whose parameters are `listed`."""
    said = " ".join(report.description.split())
    return Row(
        id=str(report.id),
        href=routes.with_query(routes.ADMIN, {**listed, "report": str(report.id)}),
        plate=report.plate,
        region=report.region,
        problem=reported.problem(report.kind),
        filed=reported.moment(report.created_at, timezone=timezone, locale=locale),
        status=reported.status(report.status),
        open=report.status == ReportStatus.OPEN,
        excerpt=said if len(said) <= EXCERPT else f"{said[:EXCERPT].rstrip()}…",
    )


def detail(report: Report, *, timezone: str, locale: str, space: str) -> Detail:
    """Return all that admins know of a report; `space` is the title of the space it names."""
    answered = report.updated_at != report.created_at
    return Detail(
        id=str(report.id),
        plate=report.plate,
        region=report.region,
        problem=reported.problem(report.kind),
        filed=reported.moment(report.created_at, timezone=timezone, locale=locale),
        answered=reported.moment(report.updated_at, timezone=timezone, locale=locale)
        if answered
        else "",
        status=report.status,
        status_words=reported.status(report.status),
        description=reported.paragraphs(report.description),
        answer=report.answer,
        email=report.email or "",
        space=space,
        space_href=routes.space(report.space_id) if report.space_id and space else "",
        photo_key=report.photo_key or "",
    )


def pin(report: Report) -> MapPin | None:
    """Return where the vehicle was seen, if that was said."""
    if report.lat is None or report.lng is None:
        return None
    return MapPin(str(report.id), report.lat, report.lng, "Here", "Where it was seen")


def chosen_status(given: str) -> ReportStatus | None:
    """Return which reports an address asks for; None is all of them."""
    return ReportStatus(given) if given in set(ReportStatus) else None
