"""Filing reports and answering them.

Anyone may file one. The answer to the person who files is the same whether or not we know the
plate, so that reporting cannot be used to find out who parks where.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.emails import normalised
from parkplace.accounts.models import User
from parkplace.accounts.roles import require_admin
from parkplace.core.errors import Forbidden, Invalid, NotFound
from parkplace.core.geo import Point
from parkplace.core.ids import new_id, token_hash
from parkplace.core.links import link, report_path
from parkplace.core.plates import clean_plate, clean_region
from parkplace.core.texts import clean_text
from parkplace.notifications.messages import ReportReceived
from parkplace.notifications.outbox import queue
from parkplace.reports.models import Report, ReportKind, ReportStatus
from parkplace.reports.status_links import status_token
from parkplace.spaces.models import Space, SpaceStatus

DESCRIPTION_LEAST, DESCRIPTION_MOST = 3, 2000
ANSWER_MOST = 2000


class PlateNeeded(Invalid):
    """Raised for a report about no vehicle."""

    code = "plate_needed"


class ReportNotFound(NotFound):
    """Raised for a report that does not exist, or a status link that is not right."""

    code = "report_not_found"


class AdminsOnly(Forbidden):
    """Raised when somebody else tries what only an admin may do."""

    code = "admins_only"


class UnknownSpace(Invalid):
    """Raised when a report names a space that is not listed."""

    code = "unknown_space"


def file(
    session: Session,
    *,
    reporter: User | None,
    plate: str,
    region: str = "",
    kind: ReportKind,
    description: str,
    place: Point | None = None,
    space_id: UUID | None = None,
    email: str | None = None,
    photo_key: str | None = None,
    now: datetime,
) -> tuple[Report, str]:
    """Write down a report; return it and the token of its status link.

    Args:
        session: The open transaction.
        reporter: The account of the person, if they are signed in.
        plate: The vehicle's plate, in any spelling.
        region: Where the plate is from.
        kind: What is wrong.
        description: In the person's words, 3 to 2,000 characters.
        place: Where it was seen.
        space_id: The space concerned.
        email: Where to send the status link.
        photo_key: A picture stored before.
        now: The current instant.

    Raises:
        PlateNeeded, BadPlate, TextNeeded, TextTooLong, BadText, UnknownSpace: Nothing is written.
    """
    signs = require_plate(plate)
    _require_known(session, space_id)
    name = new_id()
    token = status_token(name)
    address = reporter.email if reporter else (normalised(email) if email else None)
    report = Report(
        id=name,
        plate=signs,
        region=clean_region(region),
        kind=kind,
        description=clean_description(description),
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        space_id=space_id,
        reporter_id=reporter.id if reporter else None,
        email=address,
        photo_key=photo_key,
        status_hash=token_hash(token),
        created_at=now,
        updated_at=now,
    )
    session.add(report)
    if address is not None:
        _thank(session, report, to=address, token=token, now=now)
    return report, token


def answer(
    session: Session,
    *,
    admin: User,
    report_id: UUID,
    status: ReportStatus,
    answer: str,
    now: datetime,
) -> Report:
    """Resolve or dismiss a report, with words for the person who filed it.

    Raises:
        AdminsOnly, SecondFactorRequired, ReportNotFound, TextTooLong, BadText: Nothing is changed.
    """
    require_admin(admin, otherwise=AdminsOnly("Only an admin can answer reports."))
    report = session.get(Report, report_id)
    if report is None:
        raise ReportNotFound("There is no such report.")
    report.status = status
    report.answer = clean_text(answer, field="answer", most=ANSWER_MOST, lines=True)
    report.updated_at = now
    return report


def require_plate(typed: str) -> str:
    """Return the plate that a report is about, in its one spelling.

    Raises:
        PlateNeeded, BadPlate: There is none, or it is none.
    """
    signs = clean_plate(typed)
    if not signs:
        raise PlateNeeded("Give the vehicle's licence plate.", field="plate")
    return signs


def clean_description(typed: str) -> str:
    """Return what a report says, as it is stored.

    Raises:
        TextNeeded, TextTooLong, BadText: It cannot be.
    """
    return clean_text(
        typed, field="description", least=DESCRIPTION_LEAST, most=DESCRIPTION_MOST, lines=True
    )


def _require_known(session: Session, space_id: UUID | None) -> None:
    if space_id is None:
        return
    space = session.get(Space, space_id)
    if space is None or space.status == SpaceStatus.DRAFT:
        raise UnknownSpace("There is no such space.", field="space_id")


def _thank(session: Session, report: Report, *, to: str, token: str, now: datetime) -> None:
    letter = ReportReceived(
        plate=report.plate,
        problem=report.kind.replace("_", " "),
        url=link(report_path(token)),
        region=report.region,
    )
    queue(session, message=letter, to=to, now=now, dedupe_key=f"report:{report.id}")
