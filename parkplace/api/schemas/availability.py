"""The shapes of when a space is to be had: its availability, its calendar, what is booked there."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from parkplace.api.schemas.common import In, InstantOut, Out, PageIn, PeriodIn
from parkplace.api.schemas.search import listed
from parkplace.api.schemas.spaces import (
    ExceptionOut,
    OpeningIn,
    OpeningOut,
    exceptions_out,
    hours_of,
    weekly_out,
)
from parkplace.bookings.availability import Availability
from parkplace.bookings.blocks import Blocked
from parkplace.bookings.days import Bays, Calendar
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.of_space import Booked
from parkplace.core.errors import Invalid
from parkplace.core.times import Period, wall
from parkplace.spaces.exceptions import parse_exceptions

_MOST_LETTERS = 1000  # the service says the exact bounds in words
_MOST_ENTRIES = 200
_MOST_TIMES = 20


class TimesIn(In):
    """From when to when, in wall time at the space; `closes` may be 24:00, or the next day."""

    opens: str = Field(max_length=10, examples=["10:00"])
    closes: str = Field(max_length=10, examples=["14:00"])


class ExceptionIn(In):
    """Dates that have hours of their own; an empty list is closed."""

    first_day: str = Field(max_length=20, examples=["2026-12-24"])
    last_day: str = Field(max_length=20, examples=["2026-12-26"])
    hours: list[TimesIn] = Field(max_length=_MOST_TIMES)


class BlockIn(PeriodIn):
    """A period for which bays are out of use."""

    bays: list[Annotated[int, Field(strict=True, ge=-(10**9), le=10**9)]] | None = Field(
        None, max_length=10_000, description="Their numbers; `null` is all there are."
    )
    note: str = Field("", max_length=_MOST_LETTERS, description="Why; for the host alone.")


class AvailabilityIn(In):
    """All that a host says about when a space is to be had; it replaces what was said before."""

    weekly: list[OpeningIn] | None = Field(
        max_length=_MOST_ENTRIES, description="`null` is always open."
    )
    exceptions: list[ExceptionIn] = Field(max_length=_MOST_ENTRIES)
    blocks: list[BlockIn] = Field(max_length=_MOST_ENTRIES)

    def to_availability(self, timezone: Callable[[], str]) -> Availability:
        """Return what the service takes.

        Args:
            timezone: Finds the zone of the space, when a wall time has to be resolved.

        Raises:
            BadHours: The week or the exceptions make no sense.
            PeriodNeeded, EmptyPeriod, SkippedTime, RepeatedTime: A block makes none.
        """
        return Availability(
            hours_of(self.weekly),
            parse_exceptions([dated.model_dump() for dated in self.exceptions]),
            tuple(_blocked(block, number, timezone) for number, block in enumerate(self.blocks)),
        )


class BlockOut(Out):
    """A period for which bays are out of use; `bays` null is all there are."""

    starts_at: InstantOut
    ends_at: InstantOut
    bays: list[int] | None
    note: str

    @classmethod
    def of(cls, block: Blocked) -> Self:
        """Return a block in its shape."""
        return cls(
            starts_at=block.period.starts_at,
            ends_at=block.period.ends_at,
            bays=None if block.bays is None else list(block.bays),
            note=block.note,
        )


class AvailabilityOut(Out):
    """When a space is to be had; `blocks` that are not over, for all but its host none."""

    weekly: list[OpeningOut] | None
    exceptions: list[ExceptionOut]
    blocks: list[BlockOut]

    @classmethod
    def of(cls, said: Availability) -> Self:
        """Return what a host says in its shape."""
        return cls(
            weekly=weekly_out(said.hours),
            exceptions=exceptions_out(said.exceptions),
            blocks=[BlockOut.of(block) for block in said.blocks],
        )


class CalendarIn(In):
    """Which days, as dates at the space; both are included."""

    from_: date | None = Field(None, alias="from", description="Today, if nothing is said.")
    to: date | None = Field(None, description="A month from the first, if nothing is said.")


LocalOut = Annotated[datetime, Field(description="With the offset of the clock at the space.")]


class SpanOut(Out):
    """From when to when."""

    starts_at: LocalOut
    ends_at: LocalOut


class BaysOut(SpanOut):
    """A span in which the space is open, and how many bays are free for all of it."""

    free: int
    taken: int


class DayOut(Out):
    """A date at the space: when it is open, and from now on how many bays are free then.

    Free bays are counted by quarter hours.
    """

    date: date
    open: list[SpanOut]
    bays: list[BaysOut]


class BookedOut(SpanOut):
    """A stay in a calendar."""

    id: UUID
    reference: str = Field(examples=["8Q4-KX2H"])
    status: BookingStatus
    bay: int


class BlockedOut(SpanOut):
    """A block in a calendar; `bays` null is all there are."""

    bays: list[int] | None
    note: str


class CalendarOut(Out):
    """The days of a space; `blocks` and `bookings` are null for all but its host.

    `complete` is false when there are more bookings than the first thousand that are shown;
    `GET spaces/{id}/bookings` has them all, page by page.
    """

    timezone: str
    capacity: int
    days: list[DayOut]
    blocks: list[BlockedOut] | None
    bookings: list[BookedOut] | None
    complete: bool

    @classmethod
    def of(cls, calendar: Calendar) -> Self:
        """Return a calendar in its shape."""
        zone = calendar.timezone
        return cls(
            timezone=zone,
            capacity=calendar.capacity,
            days=[
                DayOut(
                    date=day.date,
                    open=[SpanOut(**_span(period, zone)) for period in day.open],
                    bays=[_bays(bays, zone) for bays in day.bays],
                )
                for day in calendar.days
            ],
            blocks=None
            if calendar.blocks is None
            else [_block(block, zone) for block in calendar.blocks],
            bookings=None
            if calendar.bookings is None
            else [_booked(stay, zone) for stay in calendar.bookings],
            complete=calendar.complete,
        )


class SpaceBookingsIn(PeriodIn, PageIn):
    """Which bookings of a space: in which states, and in which period, if in one."""

    status: Annotated[list[BookingStatus], BeforeValidator(listed), Field(max_length=20)] = Field(
        default_factory=list
    )


def _blocked(block: BlockIn, number: int, timezone: Callable[[], str]) -> Blocked:
    try:
        period = block.period(timezone)
    except Invalid as error:
        error.field = f"blocks.{number}.{error.field or 'starts_at'}"
        raise
    return Blocked(period, None if block.bays is None else tuple(block.bays), block.note)


def _span(period: Period, timezone: str) -> dict[str, datetime]:
    return {
        "starts_at": wall(period.starts_at, timezone=timezone),
        "ends_at": wall(period.ends_at, timezone=timezone),
    }


def _bays(bays: Bays, timezone: str) -> BaysOut:
    return BaysOut(**_span(bays.period, timezone), free=bays.free, taken=bays.taken)


def _block(block: Blocked, timezone: str) -> BlockedOut:
    bays = None if block.bays is None else list(block.bays)
    return BlockedOut(**_span(block.period, timezone), bays=bays, note=block.note)


def _booked(stay: Booked, timezone: str) -> BookedOut:
    return BookedOut(
        **_span(stay.period, timezone),
        id=stay.id,
        reference=stay.reference,
        status=stay.status,
        bay=stay.bay,
    )
