"""Exceptions: dates that have hours of their own, or none, whatever the week says.

They are typed in the space's wall time, as the week is. On the dates of an exception, from midnight
to midnight, nothing of the week is open; what the exception opens instead counts in full, past
midnight too. So `open_then` is the week, less those dates, and the exceptions' own hours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from babel.dates import format_date

from parkplace.core.times import Period, zone
from parkplace.spaces.hours import (
    COMPILED_DAYS,
    EVERY_HOUR,
    BadHours,
    Hours,
    OverlappingHours,
    describe_times,
    instants,
    joined,
    midnight,
    open_ranges,
    spelled,
    times_of,
)

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2999
_MOST_EXCEPTIONS = 200
_MOST_TIMES = 20
_ONE_DAY = timedelta(days=1)
_FIELD = "exceptions"


class BadExceptions(BadHours):
    """Raised for exceptions that are not a list of dates with hours."""

    code = "exceptions_invalid"


class OverlappingExceptions(BadHours):
    """Raised when two exceptions are about one date."""

    code = "exceptions_overlap"


@dataclass(frozen=True, slots=True, order=True)
class DatedHours:
    """The hours of one date, or of each date of a range.

    Attributes:
        first, last: The dates; `last` is one of them.
        times: When each opens and closes, in minutes from its midnight, as `hours.Interval` has
            them; none is closed.
    """

    first: date
    last: date
    times: tuple[tuple[int, int], ...]


Exceptions = tuple[DatedHours, ...]


def parse_exceptions(listed: Sequence[Mapping[str, object]]) -> Exceptions:
    """Return the exceptions that `Schedule.exceptions` spells, by date.

    Raises:
        BadExceptions: A date is none, or the range ends before it begins.
        OverlappingExceptions: Two are about one date.
        BadHours, NoMinutesOpen, OverlappingHours: The times of one make no sense.
    """
    if len(listed) > _MOST_EXCEPTIONS:
        raise BadExceptions(
            f"A space has at most {_MOST_EXCEPTIONS} exceptions. Leave out those that are over.",
            field=_FIELD,
        )
    found = sorted(_dated(entry) for entry in listed)
    for before, after in pairwise(found):
        if after.first <= before.last:
            raise OverlappingExceptions(
                f"{after.first.isoformat()} is in two exceptions. Give each date once.",
                field=_FIELD,
            )
    return tuple(found)


def exceptions_of(exceptions: Exceptions) -> list[dict[str, object]]:
    """Return exceptions as `Schedule.exceptions` stores them, for `parse_exceptions` to read."""
    return [
        {
            "first_day": dated.first.isoformat(),
            "last_day": dated.last.isoformat(),
            "hours": [spelled(opens, closes) for opens, closes in dated.times],
        }
        for dated in exceptions
    ]


def open_then(
    hours: Hours | None,
    exceptions: Exceptions,
    *,
    timezone: str,
    from_day: date,
    days: int = COMPILED_DAYS,
) -> list[Period]:
    """Return when a place is open, exceptions counted, as `hours.open_ranges` does for a week.

    Args:
        hours: The week; None is always open.
        exceptions: The dates that differ.
        timezone: The IANA zone of the place.
        from_day: The first date that is asked about.
        days: How many dates are.

    Raises:
        UnknownZone: No such zone.
    """
    week = open_ranges(hours or EVERY_HOUR, timezone=timezone, from_day=from_day, days=days)
    if not exceptions:
        return week
    place = zone(timezone)
    begins, ends = midnight(from_day, place), midnight(from_day + timedelta(days=days), place)
    taken = [
        (midnight(dated.first, place), midnight(dated.last + _ONE_DAY, place))
        for dated in exceptions
    ]
    # The day before may still be open after midnight.
    before, last = from_day - _ONE_DAY, from_day + timedelta(days=days - 1)
    own = [
        (max(opens, begins), min(closes, ends))
        for opens, closes in _own(exceptions, before, last, place)
    ]
    return joined([*_without(week, taken), *own])


def describe_exceptions(
    exceptions: Exceptions, *, locale: str = "en_US", since: date | None = None
) -> list[str]:
    """Return exceptions as lines to read, such as `Dec 24, 2026: 9:00 AM to noon`, or `closed`.

    Args:
        exceptions: The dates that differ.
        locale: The reader's.
        since: Those that were over by then are left out.
    """
    return [
        f"{_spoken_dates(dated, locale)}: {describe_times(dated.times, locale=locale) or 'closed'}"
        for dated in exceptions
        if since is None or dated.last >= since
    ]


def _dated(entry: Mapping[str, object]) -> DatedHours:
    first, last = _date(entry.get("first_day")), _date(entry.get("last_day"))
    if last < first:
        raise BadExceptions(
            f"{last.isoformat()} comes before {first.isoformat()}. Give the earlier date first.",
            field=_FIELD,
        )
    hours = entry.get("hours")
    if not isinstance(hours, Sequence) or isinstance(hours, str) or len(hours) > _MOST_TIMES:
        raise BadExceptions(
            f"The hours of {first.isoformat()} are no list of at most {_MOST_TIMES} times.",
            field=_FIELD,
        )
    times = sorted(times_of(times, of=first.isoformat(), field=_FIELD) for times in hours)
    for (_, closes), (opens, _) in pairwise(times):
        if opens < closes:
            raise OverlappingHours(
                f"The hours of {first.isoformat()} overlap. Give each time of the day once.",
                field=_FIELD,
            )
    return DatedHours(first, last, tuple(times))


def _date(text: object) -> date:
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadExceptions(
            f"{text!r} is not a date of these years. Write it as 2026-12-24.", field=_FIELD
        )
    return day


def _own(
    exceptions: Exceptions, first: date, last: date, place: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Give what exceptions open on the dates from one to another."""
    for dated in exceptions:
        day = max(dated.first, first)
        while day <= min(dated.last, last):
            for opens, closes in dated.times:
                yield instants(day, opens, closes, place)
            day += _ONE_DAY


def _without(
    periods: Iterable[Period], taken: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """Give what is left of periods when spans are taken out; both in order, what is empty too."""
    spans = iter(taken)
    span = next(spans, None)
    for period in periods:
        start = period.starts_at
        while span is not None and span[0] < period.ends_at:
            begins, ends = span
            yield start, begins
            start = max(start, ends)
            if ends > period.ends_at:
                break  # and goes on into the next
            span = next(spans, None)
        yield start, period.ends_at


def _spoken_dates(dated: DatedHours, locale: str) -> str:
    first = format_date(dated.first, format="medium", locale=locale)
    if dated.first == dated.last:
        return first
    return f"{first} \N{EN DASH} {format_date(dated.last, format='medium', locale=locale)}"
