"""Periods and wall time.

Inside, every instant is aware and UTC. What a person types is wall time at the space, and it is
turned into an instant here and nowhere else: a time that the clock skips is refused, a time that
happens twice is asked back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.dialects.postgresql import Range

from parkplace.core.errors import Invalid

STEP = timedelta(minutes=15)


class UnknownZone(Invalid):
    """Raised for a time zone that the IANA database does not name."""

    code = "unknown_zone"


class SkippedTime(Invalid):
    """Raised for a wall time that never happens, in the hour a clock jumps over."""

    code = "time_skipped"


class RepeatedTime(Invalid):
    """Raised for a wall time that happens twice; `details` gives both instants."""

    code = "time_repeated"


class EmptyPeriod(Invalid):
    """Raised when a period does not end after it starts."""

    code = "period_empty"


class OutsideTime(Invalid):
    """Raised for an instant beyond the years 1 to 9999, which no calendar here counts."""

    code = "outside_time"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of instants `[starts_at, ends_at)`, both aware and in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        """Refuse naive instants, which are bugs, and periods without a minute in them."""
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a period needs instants with an offset")
        object.__setattr__(self, "starts_at", _utc(self.starts_at))
        object.__setattr__(self, "ends_at", _utc(self.ends_at))
        if self.ends_at <= self.starts_at:
            raise EmptyPeriod(
                "The end must be after the start. Choose a later end.", field="ends_at"
            )

    @property
    def duration(self) -> timedelta:
        """The time that really passes; both ends are UTC, so no clock change bends it."""
        return self.ends_at - self.starts_at

    def range(self) -> Range[datetime]:
        """Return the period as a PostgreSQL `tstzrange`."""
        return Range(self.starts_at, self.ends_at, bounds="[)")

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share an instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def _utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise OutsideTime("There is no such date here. Choose one of these years.") from error


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """Return the zone with this IANA name.

    Raises:
        UnknownZone: There is none.
    """
    if name not in _zones():
        raise UnknownZone(
            f"{name!r} is not a time zone. Give an IANA name, such as America/New_York.",
            field="timezone",
        )
    return ZoneInfo(name)


def resolve(wall: datetime, *, timezone: str, second: bool | None = None) -> datetime:
    """Return the instant, in UTC, that a wall time at a place means.

    Args:
        wall: A naive wall time.
        timezone: The IANA zone of the place.
        second: For a time that happens twice, whether the second pass is meant; None asks back.

    Raises:
        UnknownZone: No such zone.
        SkippedTime: The clock jumps over this time.
        RepeatedTime: The time happens twice and `second` is None.
        OutsideTime: The date is at the very end of the calendar.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no offset")
    place = zone(timezone)
    first = _utc(wall.replace(tzinfo=place, fold=0))
    later = _utc(wall.replace(tzinfo=place, fold=1))
    spoken = f"{wall:%H:%M} on {wall:%d %B %Y}"
    if first.astimezone(place).replace(tzinfo=None) != wall:
        raise SkippedTime(
            f"{spoken} does not exist in {timezone}: the clocks jump over it. "
            "Choose a time before or after."
        )
    if first == later:
        return first
    if second is None:
        raise RepeatedTime(
            f"{spoken} happens twice in {timezone}, because the clocks go back. "
            "Say whether you mean the first or the second.",
            details={"first": first.isoformat(), "second": later.isoformat()},
        )
    return later if second else first


def wall(instant: datetime, *, timezone: str) -> datetime:
    """Return what a clock at the place shows at an instant, as an aware datetime.

    For showing, not for comparing or subtracting: Python holds an hour that happens twice unequal
    to every instant, and differences within one zone are differences of hands on a clock.
    """
    return instant.astimezone(zone(timezone))
