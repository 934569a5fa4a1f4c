"""Reading reports: by their status link, those that concern a person, and all of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, union
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from parkplace.accounts.models import User
from parkplace.accounts.roles import acts_as_admin, require_admin
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.core.geo import Point, zone_at
from parkplace.core.ids import token_hash
from parkplace.core.plates import clean_plate
from parkplace.reports.models import Report, ReportStatus
from parkplace.reports.service import AdminsOnly, ReportNotFound
from parkplace.spaces.models import Space

MOST = 100
# A report made a little before or after a stay still concerns it.
AROUND = timedelta(hours=2)
RECENT = timedelta(days=90)
UTC = "UTC"

_STOOD = (BookingStatus.CONFIRMED, BookingStatus.ACTIVE, BookingStatus.COMPLETED)


def by_status_token(session: Session, *, token: str) -> Report:
    """Return the report a status link belongs to.

    Raises:
        ReportNotFound: The link is not right.
    """
    query = select(Report).where(col(Report.status_hash) == token_hash(token))
    report = session.exec(query).first()
    if report is None:
        raise ReportNotFound("This link belongs to no report. Check that it is complete.")
    return report


def concerning(session: Session, *, user: User, now: datetime, limit: int = 20) -> list[Report]:
    """Return the last 90 days' reports on a driver's stays or a host's spaces, latest first.

    A report concerns a stay when it names its plate around its time; it concerns a host when it
    names one of their spaces, or a vehicle that stood in one then.
    """
    ids = union(*_concerning(user, since=now - RECENT)).subquery()
    query = select(Report).where(col(Report.id).in_(select(ids.c.id)))
    latest = col(Report.created_at).desc()
    return list(session.exec(query.order_by(latest).limit(min(limit, MOST))))


def _concerning(user: User, *, since: datetime) -> list[SelectOfScalar[UUID]]:
    at = col(Report.created_at)
    stood = and_(
        col(Booking.plate) == col(Report.plate),
        col(Booking.starts_at) <= at + AROUND,
        col(Booking.ends_at) >= at - AROUND,
        col(Booking.status).in_(_STOOD),
    )
    recent = select(Report.id).where(at > since)
    on_a_stay = recent.join(Booking, stood)
    return [
        on_a_stay.where(col(Booking.driver_id) == user.id),
        on_a_stay.join(Space, col(Space.id) == col(Booking.space_id)).where(
            col(Space.host_id) == user.id
        ),
        recent.join(Space, col(Space.id) == col(Report.space_id)).where(
            col(Space.host_id) == user.id
        ),
    ]


def filed_by(
    session: Session,
    *,
    user: User,
    status: ReportStatus | None = None,
    plate: str = "",
    after: UUID | None = None,
    limit: int = 20,
) -> list[Report]:
    """Return the reports a person filed, latest first.

    Args:
        session: The open transaction.
        user: The person.
        status: Only those that have come this far.
        plate: Only those about this vehicle, in any spelling.
        after: The last report of the page before.
        limit: How many at most, 100 or fewer.

    Raises:
        BadPlate: `plate` is none.
    """
    query = select(Report).where(col(Report.reporter_id) == user.id)
    return _page(session, query, status=status, plate=plate, after=after, limit=limit)


def everything(
    session: Session,
    *,
    admin: User,
    status: ReportStatus | None = None,
    plate: str = "",
    after: UUID | None = None,
    limit: int = 50,
) -> list[Report]:
    """Return all reports, latest first; arguments as for `filed_by`.

    Raises:
        AdminsOnly: The person is no admin.
        BadPlate: `plate` is none.
    """
    require_admin(admin, otherwise=AdminsOnly("Only an admin sees every report."))
    return _page(session, select(Report), status=status, plate=plate, after=after, limit=limit)


def seen_by(session: Session, *, user: User, report_id: UUID) -> Report:
    """Return a report to whoever filed it, or to an admin.

    Raises:
        ReportNotFound: There is none that is any business of theirs.
    """
    report = session.get(Report, report_id)
    if report is None or not (acts_as_admin(user) or report.reporter_id == user.id):
        raise ReportNotFound("There is no such report. Look for it in the list.")
    return report


def one(session: Session, *, admin: User, report_id: UUID, lock: bool = False) -> Report:
    """Return a report to an admin, locked until the transaction ends if it is to be answered.

    Raises:
        AdminsOnly: The person is no admin.
        ReportNotFound: There is none.
    """
    require_admin(admin, otherwise=AdminsOnly("Only an admin sees every report."))
    report = session.get(Report, report_id, with_for_update=lock or None, populate_existing=lock)
    if report is None:
        raise ReportNotFound("There is no such report. Look for it in the list.")
    return report


def zones(session: Session, *, reports: Sequence[Report]) -> dict[UUID, str]:
    """Return the zone in which each report is told of: its place's, else its space's, else UTC."""
    query = select(Space.id, Space.timezone)
    spaces = dict(session.exec(query.where(col(Space.id).in_({r.space_id for r in reports}))).all())
    return {report.id: _zone(report, spaces) for report in reports}


def _zone(report: Report, spaces: dict[UUID, str]) -> str:
    if report.lat is not None and report.lng is not None:
        return zone_at(Point(lat=report.lat, lng=report.lng))
    return spaces.get(report.space_id, UTC) if report.space_id else UTC


def photo_keys(session: Session) -> set[str]:
    """Return the keys of all pictures that reports show."""
    query = select(Report.photo_key).where(col(Report.photo_key).is_not(None)).distinct()
    return {key for key in session.exec(query) if key is not None}


def _page(
    session: Session,
    query: SelectOfScalar[Report],
    *,
    status: ReportStatus | None,
    plate: str,
    after: UUID | None,
    limit: int,
) -> list[Report]:
    if status is not None:
        query = query.where(col(Report.status) == status)
    if signs := clean_plate(plate):
        query = query.where(col(Report.plate) == signs)
    # Ids are ordered by the moment they were made.
    if after is not None:
        query = query.where(col(Report.id) < after)
    return list(session.exec(query.order_by(col(Report.id).desc()).limit(min(limit, MOST))))
