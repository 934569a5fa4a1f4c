"""What all shapes share: strict input, money, instants, wall times, pages of a list."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, field_validator

from parkplace.bookings.pricing import Line
from parkplace.core.errors import Invalid
from parkplace.core.money import Money
from parkplace.core.times import Period, resolve

MOST_ITEMS = 100
MOST_MINOR = 10**12  # no price on Earth; sums of a stay still fit the database's integers

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(?P<offset>[Zz]|[+ -]\d\d:\d\d)?"
)


class PeriodNeeded(Invalid):
    """Raised when one end of a stay is missing, or given twice."""

    code = "period_needed"


def _instant(given: object) -> datetime:
    """Read an RFC 3339 instant; a `+` that a query string made a blank is forgiven."""
    found = _INSTANT.fullmatch(given) if isinstance(given, str) else None
    if not isinstance(given, str) or found is None:
        raise ValueError("Give an instant with its offset, such as 2026-11-21T09:00:00-05:00.")
    if found["offset"] is None:
        raise ValueError(
            "This instant has no offset. Add one, such as -05:00 or Z, or send the wall time at "
            "the space in the field that ends in _local."
        )
    offset = found["offset"].upper().replace(" ", "+")
    try:
        return datetime.fromisoformat(given[: found.start("offset")] + offset).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such day or time.") from None


def _wall_time(given: object) -> datetime:
    found = _INSTANT.fullmatch(given) if isinstance(given, str) else None
    if not isinstance(given, str) or found is None or found["offset"] is not None:
        raise ValueError("Give a wall time without an offset, such as 2026-11-21T09:00.")
    try:
        wall = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError("There is no such day or time.") from None
    if not 1970 <= wall.year <= 9000:  # noqa: PLR2004 - far enough from where calendars end
        raise ValueError("There is no such day or time.")
    return wall


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    Field(
        description="RFC 3339, with an offset.",
        examples=["2026-11-21T09:00:00-05:00"],
    ),
]
WallTime = Annotated[
    datetime,
    BeforeValidator(_wall_time),
    Field(
        description="What a clock at the space shows, without an offset.",
        examples=["2026-11-21T09:00"],
        json_schema_extra={"format": "local-date-time"},
    ),
]
InstantOut = Annotated[datetime, PlainSerializer(_as_text, return_type=str, when_used="json")]
Minor = Annotated[
    int, Field(strict=True, ge=0, le=MOST_MINOR, description="In minor units, such as cents.")
]
Degrees = Annotated[float, Field(allow_inf_nan=False)]


def _can_be_stored(text: str) -> bool:
    # NUL, and halves of surrogate pairs, which JSON can spell and no database keeps.
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


# In JSON a yes is `true`; "yes" and 1 are none.
Yes = Annotated[bool, Field(strict=True)]


class In(BaseModel):
    """What comes in: fields nobody knows are refused, and so is text that cannot be stored."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:  # noqa: ANN401 - before validation it may be anything
        texts: list[Any] = value if isinstance(value, list) else [value]
        if not all(_can_be_stored(text) for text in texts if isinstance(text, str)):
            raise ValueError("There is a character in this text that cannot be stored.")
        return value


class Out(BaseModel):
    """What goes out."""

    model_config = ConfigDict(from_attributes=True)


class MoneyOut(Out):
    """An amount in whole minor units of its currency."""

    amount_minor: int = Field(examples=[563])
    currency: str = Field(examples=["USD"])

    @classmethod
    def of(cls, money: Money) -> Self:
        """Return money in its shape."""
        return cls(amount_minor=money.minor, currency=money.currency)


class LineOut(Out):
    """One line of a price: what for, and how much."""

    text: str = Field(examples=["3 h at $4.00 an hour"])
    amount: MoneyOut

    @classmethod
    def of(cls, line: Line) -> Self:
        """Return a line in its shape."""
        return cls(text=line.text, amount=MoneyOut.of(line.amount))


class PeriodIn(In):
    """When: each end as an instant, or as the wall time at the space, in the `_local` field.

    A wall time that the clock skips is refused with `time_skipped`. One that happens twice is asked
    back with `time_repeated`, whose `details` hold both instants: send the one that is meant.
    """

    starts_at: Instant | None = None
    ends_at: Instant | None = None
    starts_at_local: WallTime | None = None
    ends_at_local: WallTime | None = None

    @property
    def is_given(self) -> bool:
        """Whether there is any of it."""
        ends = (self.starts_at, self.ends_at, self.starts_at_local, self.ends_at_local)
        return any(end is not None for end in ends)

    def period(self, timezone: Callable[[], str]) -> Period:
        """Return the period that is meant.

        Args:
            timezone: Finds the zone of the space, when a wall time has to be resolved.

        Raises:
            PeriodNeeded, EmptyPeriod, SkippedTime, RepeatedTime: With the field at fault.
        """
        return Period(
            moment(self.starts_at, self.starts_at_local, name="starts_at", timezone=timezone),
            moment(self.ends_at, self.ends_at_local, name="ends_at", timezone=timezone),
        )


def moment(
    instant: datetime | None, wall: datetime | None, *, name: str, timezone: Callable[[], str]
) -> datetime:
    """Return the instant that is meant by one end of a stay, given in one of two ways.

    Raises:
        PeriodNeeded, SkippedTime, RepeatedTime: With the field at fault.
    """
    if instant is not None and wall is not None:
        raise PeriodNeeded(f"Give {name} or {name}_local, not both.", field=name)
    if instant is not None:
        return instant
    if wall is None:
        raise PeriodNeeded(f"Give {name}, or {name}_local.", field=name)
    try:
        return resolve(wall, timezone=timezone())
    except Invalid as error:
        error.field = f"{name}_local"
        raise


class PageIn(In):
    """Which part of a list."""

    limit: int = Field(20, ge=1, le=MOST_ITEMS)
    cursor: str | None = Field(
        None, max_length=200, description="`next_cursor` of the page before."
    )


class BadCursor(Invalid):
    """Raised for a cursor that no page gave."""

    code = "bad_cursor"


def read_cursor(cursor: str | None) -> UUID | None:
    """Return the id of the last item of the page before.

    Raises:
        BadCursor: It is none.
    """
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise BadCursor("Send the next_cursor of the page before.", field="cursor") from None


def next_cursor(ids: Sequence[UUID], limit: int) -> str | None:
    """Return the cursor of the page after; None when this one was not full."""
    return str(ids[-1]) if len(ids) == limit else None
