"""The shapes of figures."""

from datetime import date
from typing import Literal, Self

from pydantic import Field

from parkplace.api.schemas.common import In, Instant, InstantOut, MoneyOut, Out
from parkplace.insights.figures import Bucket, Driving, Everything, Hosting, Person, Span, Step


class StatsIn(In):
    """Whose figures, and when: the last 30 days unless said otherwise, at most 366."""

    role: Literal["driver", "host", "admin"] = "driver"
    since: Instant | None = Field(None, alias="from")
    until: Instant | None = Field(None, alias="to")
    step: Step = Step.DAY
    timezone: str = Field(
        "UTC", max_length=100, description="Whose days and months a host's series has."
    )


class DrivingOut(Out):
    """What a driver did; `spent` has one amount for each currency, refunds taken off."""

    stays: int
    hours: float
    spent: list[MoneyOut]

    @classmethod
    def of(cls, figures: Driving) -> Self:
        """Return a driver's figures in their shape."""
        spent = [MoneyOut.of(amount) for amount in figures.spent]
        return cls(stays=figures.stays, hours=figures.hours, spent=spent)


class BucketOut(Out):
    """A day or a month: bookings that began in it, and what was earned."""

    first_day: date
    bookings: int
    earned: list[MoneyOut]

    @classmethod
    def of(cls, bucket: Bucket) -> Self:
        """Return a piece of a series in its shape."""
        earned = [MoneyOut.of(amount) for amount in bucket.earned]
        return cls(first_day=bucket.first_day, bookings=bucket.bookings, earned=earned)


class HostedOut(Out):
    """What a host's spaces did.

    `occupancy` is the part of all hours, nights included, in which bays of the spaces that are
    listed or paused were taken; null without such a space.
    """

    spaces: int
    bookings: int
    hours: float
    occupancy: float | None
    earned: list[MoneyOut]

    @classmethod
    def of(cls, figures: Hosting) -> Self:
        """Return a host's figures in their shape."""
        return cls(
            spaces=figures.spaces,
            bookings=figures.bookings,
            hours=figures.hours,
            occupancy=figures.occupancy,
            earned=[MoneyOut.of(amount) for amount in figures.earned],
        )


class EverythingOut(Out):
    """The whole house: `new_users`, `bookings` (by status) and `revenue` are of the period."""

    users: int
    hosts: int
    new_users: int
    spaces: dict[str, int]
    bookings: dict[str, int]
    revenue: list[MoneyOut]
    open_reports: int

    @classmethod
    def of(cls, figures: Everything) -> Self:
        """Return the house's figures in their shape."""
        plain = {name: getattr(figures, name) for name in cls.model_fields if name != "revenue"}
        return cls(**plain, revenue=[MoneyOut.of(amount) for amount in figures.revenue])


class StatsOut(Out):
    """Figures of a period; those of the role that was asked for, the others null."""

    role: Literal["driver", "host", "admin"]
    starts_at: InstantOut
    ends_at: InstantOut
    driver: DrivingOut | None = None
    host: HostedOut | None = None
    series: list[BucketOut] = Field(default_factory=list[BucketOut])
    admin: EverythingOut | None = None

    @classmethod
    def of(cls, figures: Driving | Hosting | Everything, span: Span) -> Self:
        """Return figures in their shape."""
        starts_at, ends_at = span.period.starts_at, span.period.ends_at
        if isinstance(figures, Driving):
            driver = DrivingOut.of(figures)
            return cls(role="driver", starts_at=starts_at, ends_at=ends_at, driver=driver)
        if isinstance(figures, Everything):
            admin = EverythingOut.of(figures)
            return cls(role="admin", starts_at=starts_at, ends_at=ends_at, admin=admin)
        return cls(
            role="host",
            starts_at=starts_at,
            ends_at=ends_at,
            host=HostedOut.of(figures),
            series=[BucketOut.of(bucket) for bucket in figures.series],
        )


class PersonOut(Out):
    """Everything that somebody ever did here."""

    since: InstantOut
    driver: DrivingOut
    host: HostedOut

    @classmethod
    def of(cls, person: Person) -> Self:
        """Return a person's figures in their shape."""
        return cls(
            since=person.since,
            driver=DrivingOut.of(person.driving),
            host=HostedOut.of(person.hosting),
        )
