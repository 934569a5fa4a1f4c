"""What pages say about reports."""

from datetime import datetime

from parkplace.reports.models import ReportKind, ReportStatus
from parkplace.web import words

PROBLEMS = {
    ReportKind.IN_MY_BAY: "It is in my bay",
    ReportKind.BLOCKING: "It blocks a way in or out",
    ReportKind.NO_RIGHT_TO_PARK: "It has no right to park there",
    ReportKind.DAMAGE: "It damaged something",
    ReportKind.ABANDONED: "It seems to be abandoned",
    ReportKind.OTHER: "Something else",
}
STATUSES = {
    ReportStatus.OPEN: "Open",
    ReportStatus.RESOLVED: "Resolved",
    ReportStatus.DISMISSED: "Dismissed",
}


def problem(kind: str) -> str:
    """Return what is wrong with the vehicle: `It blocks a way in or out`."""
    return PROBLEMS[ReportKind(kind)]


def status(status: str) -> str:
    """Return how far a report has come."""
    return STATUSES[ReportStatus(status)]


def moment(at: datetime, *, timezone: str, locale: str) -> str:
    """Return when something was: `Sat, Nov 21, 12:00 PM, New York time`."""
    day = words.day(at, timezone=timezone, locale=locale)
    clock = words.clock(at, timezone=timezone, locale=locale)
    return f"{day}, {clock}, {words.whose_clock(timezone, locale=locale)}"


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something."""
    return tuple(line for line in text.split("\n") if line.strip())
