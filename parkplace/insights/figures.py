"""What is counted: for a driver, for a host, for an admin. Currencies are never added up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from parkplace.core.errors import Invalid
from parkplace.core.money import Money
from parkplace.core.times import EmptyPeriod, OutsideTime, Period, wall

LONGEST = timedelta(days=366)
USUAL = timedelta(days=30)
_FIRST_YEAR, _LAST_YEAR = 2000, 9000


class SpanTooLong(Invalid):
    """Raised for a period longer than can be counted at once."""

    code = "span_too_long"


class Step(StrEnum):
    """How a period is cut into pieces."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """A period that is counted over, and how it is cut by the days of a time zone."""

    period: Period
    step: Step
    timezone: str

    @classmethod
    def given(
        cls,
        starts_at: datetime | None,
        ends_at: datetime | None,
        *,
        step: Step = Step.DAY,
        timezone: str = "UTC",
        now: datetime,
    ) -> Self:
        """Return the span that is meant; by default the last 30 days.

        Raises:
            OutsideTime: An end lies where nobody parks.
            EmptyPeriod: It does not end after it begins.
            SpanTooLong: It is longer than 366 days.
            UnknownZone: There is no such time zone.
        """
        for name, end in (("from", starts_at), ("to", ends_at)):
            if end is not None and not _FIRST_YEAR <= end.year <= _LAST_YEAR:
                raise OutsideTime("Choose a time nearer to today.", field=name)
        until = ends_at or (now if starts_at is None else min(now, starts_at + LONGEST))
        try:
            period = Period(starts_at or until - USUAL, until)
        except EmptyPeriod as error:
            error.field = "to"
            raise
        if period.duration > LONGEST:
            raise SpanTooLong("Choose a period of at most 366 days.", field="to")
        wall(period.starts_at, timezone=timezone)  # refuses a zone that nobody knows
        return cls(period, step, timezone)

    def buckets(self) -> list[date]:
        """Return the first day of each piece, in order."""
        first = wall(self.period.starts_at, timezone=self.timezone).date()
        last = wall(self.period.ends_at - timedelta(microseconds=1), timezone=self.timezone).date()
        if self.step == Step.DAY:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
        months = (last.year - first.year) * 12 + last.month - first.month
        return [_month(first, later) for later in range(months + 1)]


@dataclass(frozen=True, slots=True)
class Driving:
    """What a driver did.

    Attributes:
        stays: How many they had, or have, some time of.
        hours: How long they stand, within the period.
        spent: What they paid, refunds taken off; one amount for each currency.
    """

    stays: int
    hours: float
    spent: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day or a month of a host."""

    first_day: date
    bookings: int
    earned: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Hosting:
    """What a host's spaces did.

    Attributes:
        spaces: How many are listed or paused.
        bookings: How many stays have some time in the period.
        hours: How long bays are taken by them, within the period.
        occupancy: Which part of all hours that is, nights included, of the spaces that are
            listed or paused, since they came; None without a space.
        earned: What stays that ended in the period earned; one amount for each currency.
        series: The period in pieces: bookings by their start, earnings by when they were earned.
    """

    spaces: int
    bookings: int
    hours: float
    occupancy: float | None
    earned: tuple[Money, ...]
    series: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True)
class Everything:
    """The whole house, for admins.

    Attributes:
        users, hosts: How many accounts there are.
        new_users: How many of them came in the period.
        spaces: How many there are, by status.
        bookings: How many were made in the period, by status.
        revenue: What drivers paid in the period, refunds taken off; one amount for each currency.
        open_reports: How many wait for an answer.
    """

    users: int
    hosts: int
    new_users: int
    spaces: dict[str, int]
    bookings: dict[str, int]
    revenue: tuple[Money, ...]
    open_reports: int


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that somebody ever did here, as a driver and as a host."""

    since: datetime
    driving: Driving
    hosting: Hosting


def _month(first: date, later: int) -> date:
    years, month = divmod(first.month - 1 + later, 12)
    return first if later == 0 else date(first.year + years, month + 1, 1)
