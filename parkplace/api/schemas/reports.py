"""The shapes of reports."""

from typing import Self
from uuid import UUID

from pydantic import Field

from parkplace.api.schemas.common import Degrees, In, InstantOut, Out, PageIn
from parkplace.api.schemas.spaces import photo_urls
from parkplace.reports.models import Report, ReportKind, ReportStatus

_MOST = 5000


class ReportIn(In):
    """A statement that a vehicle is a problem."""

    plate: str = Field(max_length=_MOST, examples=["KLM 4821"])
    region: str = Field("", max_length=_MOST, examples=["NY"])
    kind: ReportKind
    description: str = Field(max_length=_MOST, examples=["It stands across two bays."])
    lat: Degrees | None = None
    lng: Degrees | None = None
    space_id: UUID | None = None
    email: str | None = Field(
        None, max_length=_MOST, description="Where to send the status link; for guests."
    )


class ReportFormIn(ReportIn):
    """The same as a form, with a picture."""

    photo: bytes = Field(b"", description="JPEG, PNG or WebP, up to 10 MB.")


class FiledOut(Out):
    """The same answer for every plate, known to us or not."""

    id: UUID
    status_url: str


class ReportStatusOut(Out):
    """What became of a report, for whoever has its link."""

    status: ReportStatus
    kind: ReportKind
    plate: str
    region: str
    answer: str
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return a report in the shape its link shows."""
        return cls.model_validate(report)


class ReportOut(ReportStatusOut):
    """A report, for whoever filed it and for admins."""

    id: UUID
    description: str
    lat: float | None
    lng: float | None
    space_id: UUID | None
    email: str | None
    photo_urls: dict[int, str] | None

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return a report in its shape."""
        plain = {name: getattr(report, name) for name in cls.model_fields if name != "photo_urls"}
        key = report.photo_key
        return cls(**plain, photo_urls=None if key is None else photo_urls(key))


class ReportsIn(PageIn):
    """Which reports: by how far they have come, and about which vehicle."""

    status: ReportStatus | None = None
    plate: str = Field("", max_length=_MOST, examples=["KLM 4821"])


class ReportsOut(Out):
    """A page of reports."""

    items: list[ReportOut]
    next_cursor: str | None


class AnswerIn(In):
    """An admin's answer."""

    status: ReportStatus
    answer: str = Field("", max_length=_MOST)
