"""Table of reports."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from parkplace.core.columns import Row, key, one_of, timestamp


class ReportKind(StrEnum):
    """What is wrong with the vehicle."""

    IN_MY_BAY = "in_my_bay"
    BLOCKING = "blocking"
    NO_RIGHT_TO_PARK = "no_right_to_park"
    DAMAGE = "damage"
    ABANDONED = "abandoned"
    OTHER = "other"


class ReportStatus(StrEnum):
    """How far a report has come."""

    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Report(Row, table=True):
    """Someone's statement that a vehicle is a problem.

    `plate` is stored as capitals and digits only, so that every spelling of it meets.
    """

    __tablename__ = "reports"
    __table_args__ = (
        one_of("kind", ReportKind),
        one_of("status", ReportStatus),
        CheckConstraint("(lat IS NULL) = (lng IS NULL)", name="place"),
        Index("ix_reports_plate", "plate", "created_at"),
        Index("ix_reports_created", "created_at"),
        Index("ix_reports_email", "email", postgresql_where=text("email IS NOT NULL")),
        Index("ix_reports_status", "status", "id"),
        Index("ix_reports_reporter", "reporter_id", "id"),
    )

    id: UUID = key()
    plate: str
    region: str = ""
    kind: str
    description: str
    lat: float | None = None
    lng: float | None = None
    space_id: UUID | None = Field(default=None, foreign_key="spaces.id", index=True)
    reporter_id: UUID | None = Field(default=None, foreign_key="users.id")
    email: str | None = None
    photo_key: str | None = None
    status: str = ReportStatus.OPEN
    answer: str = ""
    status_hash: str = Field(unique=True)
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp()
