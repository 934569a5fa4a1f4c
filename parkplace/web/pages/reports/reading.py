"""What the pages about reports read, each in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.roles import acts_as_admin, appointed
from parkplace.core.errors import NotFound
from parkplace.core.ids import read_id
from parkplace.reports import queries
from parkplace.spaces import queries as spaces
from parkplace.web import routes
from parkplace.web.map.pins import MapPin, MapPoint
from parkplace.web.pages.reports import view
from parkplace.web.session import signed_in

PAGE = 30
STRANGER, REFUSED, LIST, REPORT, GONE = "stranger", "refused", "list", "report", "gone"
UNPROVEN = "unproven"  # an admin, but for a second factor


@dataclass(frozen=True, slots=True)
class Before:
    """What is known before a report is written; `space_id` is None when it names no space."""

    email: str
    about: str = ""
    space_id: UUID | None = None
    center: MapPoint | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What an admin sees: the list, or one report.

    Attributes:
        stage: `stranger`, `refused`, `list`, `report` or `gone`.
        older, back: Addresses of the list's next page, and of the list behind a report.
    """

    stage: str
    rows: list[view.Row] = field(default_factory=list[view.Row])
    older: str = ""
    back: str = routes.ADMIN
    detail: view.Detail = field(default_factory=view.Detail)
    pin: MapPin | None = None


def before(session: Session, *, token: str | None, space_id: UUID | None) -> Before:
    """Return who files a report, and the space it is about; one that is not listed is none."""
    user = signed_in(session, token)
    email = user.email if user else ""
    if space_id is None:
        return Before(email)
    try:
        space = spaces.space(session, space_id=space_id, viewer=user)
    except NotFound:
        return Before(email)
    return Before(email, space.title, space.id, MapPoint(space.point.lat, space.point.lng))


def status(session: Session, *, token: str, locale: str) -> view.Status:
    """Return what became of the report that a status link belongs to.

    Raises:
        ReportNotFound: The link is not right.
    """
    report = queries.by_status_token(session, token=token)
    zone = queries.zones(session, reports=[report])[report.id]
    return view.status(report, timezone=zone, locale=locale)


def look(session: Session, *, token: str | None, query: Mapping[str, str], locale: str) -> Seen:
    """Return what the admins' address shows: the list, or the report it names."""
    user = signed_in(session, token)
    if user is None:
        return Seen(STRANGER)
    if not appointed(user):
        return Seen(REFUSED)
    if not acts_as_admin(user):
        return Seen(UNPROVEN)
    listed = {name: query.get(name, "") for name in ("status", "after")}
    if "report" in query:
        return _one(session, user, query["report"], listed, locale=locale)
    return _list(session, user, listed, locale=locale)


def _list(session: Session, admin: User, listed: dict[str, str], *, locale: str) -> Seen:
    status = view.chosen_status(listed["status"])
    after = read_id(listed["after"])
    found = queries.everything(session, admin=admin, status=status, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    zones = queries.zones(session, reports=shown)
    further = {"status": listed["status"], "after": str(shown[-1].id)} if shown else {}
    return Seen(
        LIST,
        rows=[
            view.row(report, timezone=zones[report.id], locale=locale, listed=listed)
            for report in shown
        ],
        older=routes.with_query(routes.ADMIN, further) if len(found) > PAGE else "",
    )


def _one(session: Session, admin: User, named: str, listed: dict[str, str], *, locale: str) -> Seen:
    back = routes.with_query(routes.ADMIN, listed)
    report_id = read_id(named)
    try:
        if report_id is None:
            return Seen(GONE, back=back)
        report = queries.one(session, admin=admin, report_id=report_id)
    except NotFound:
        return Seen(GONE, back=back)
    zone = queries.zones(session, reports=[report])[report.id]
    return Seen(
        REPORT,
        back=back,
        detail=view.detail(
            report, timezone=zone, locale=locale, space=_title(session, admin, report.space_id)
        ),
        pin=view.pin(report),
    )


def _title(session: Session, admin: User, space_id: UUID | None) -> str:
    if space_id is None:
        return ""
    return spaces.space(session, space_id=space_id, viewer=admin).title
