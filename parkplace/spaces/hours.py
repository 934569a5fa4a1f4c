"""Opening hours: what a host types in the space's wall time, and the instants it means.

`Hours` is a week in wall time, in one normal form, so that equal weeks are equal values; `ALWAYS`
(None) has no hours at all. `open_ranges` turns a week into instants through the zone's clock
changes; `schedules` keeps the result.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as wall_time
from typing import Final

from babel.dates import format_time, get_day_names, get_time_format

from parkplace.core.errors import Invalid
from parkplace.core.times import Period, zone

DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
COMPILED_DAYS: Final = 400
_MOST_ENTRIES = 200
_TO = "\N{EN DASH}"
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class BadHours(Invalid):
    """Raised for opening hours that are not a list of days with two times each."""

    code = "hours_invalid"


class UnknownDay(BadHours):
    """Raised for a day of the week that is not 0 (Monday) to 6 (Sunday)."""

    code = "hours_unknown_day"


class NoMinutesOpen(BadHours):
    """Raised when a day closes at the minute it opens."""

    code = "hours_empty"


class OverlappingHours(BadHours):
    """Raised when two entries of a week share a minute."""

    code = "hours_overlap"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of wall time: from minute `opens` of `day` (0 = Monday) to minute `closes`.

    `closes` counts on from the same midnight: 1440 is that day's end, 1800 is 06:00 a day later.
    An interval is at most 24 hours long.
    """

    day: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of opening hours in normal form, as `merged` makes it: sorted, nothing touching.

    Stretches up to 24 hours are one interval even past midnight; longer ones are cut at midnight.
    """

    intervals: tuple[Interval, ...]


ALWAYS: Final = None
EVERY_HOUR: Final = Hours(tuple(Interval(day, 0, DAY) for day in range(7)))


def merged(intervals: Iterable[Interval]) -> Hours | None:
    """Return the week that is open whenever one of the intervals is; `ALWAYS` if that is always.

    Raises:
        BadHours: There are none: a space that never opens cannot be booked.
    """
    runs = list(_joined(sorted(_cut_at_week_end(intervals))))
    if not runs:
        raise BadHours(
            "A space that is never open cannot be booked. Give at least one day.", field="weekly"
        )
    if runs == [(0, WEEK)]:
        return ALWAYS
    if runs[0][0] == 0 and runs[-1][1] == WEEK:
        runs = [*runs[1:-1], (runs[-1][0], WEEK + runs[0][1])]
    return Hours(tuple(sorted(piece for run in runs for piece in _pieces(*run))))


def _cut_at_week_end(intervals: Iterable[Interval]) -> Iterator[tuple[int, int]]:
    for interval in intervals:
        start = interval.day * DAY + interval.opens
        end = interval.day * DAY + interval.closes
        yield start, min(end, WEEK)
        if end > WEEK:
            yield 0, end - WEEK


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    run: tuple[int, int] | None = None
    for start, end in spans:
        if run is not None and start <= run[1]:
            run = (run[0], max(run[1], end))
            continue
        if run is not None:
            yield run
        run = (start, end)
    if run is not None:
        yield run


def _pieces(start: int, end: int) -> Iterator[Interval]:
    while start < end:
        day, opens = divmod(start, DAY)
        # 12:00 to 12:00 the next day could not be written down without looking empty.
        whole = end - start < DAY
        stop = end if whole else min(end, (day + 1) * DAY)
        yield Interval(day % 7, opens, opens + stop - start)
        start = stop


def parse_weekly(weekly: Sequence[Mapping[str, object]]) -> Hours | None:
    """Return the hours that `Schedule.weekly` spells; `ALWAYS` when they cover the whole week.

    Raises:
        BadHours: An entry lacks something, or a time is not `HH:MM`.
        UnknownDay: A day is not 0 to 6.
        NoMinutesOpen: An entry closes when it opens.
        OverlappingHours: Two entries share a minute.
    """
    if len(weekly) > _MOST_ENTRIES:
        raise BadHours(
            f"Opening hours have at most {_MOST_ENTRIES} entries. Join some of them.",
            field="weekly",
        )
    intervals = [_interval(entry) for entry in weekly]
    _refuse_overlap(intervals)
    return merged(intervals)


def _interval(entry: Mapping[str, object]) -> Interval:
    day = entry.get("day")
    if isinstance(day, bool) or not isinstance(day, int) or not 0 <= day <= 6:  # noqa: PLR2004
        raise UnknownDay(
            f"{day!r} is not a day. Days are numbered from 0, Monday, to 6, Sunday.",
            field="weekly",
        )
    opens, closes = times_of(entry, of=_day_name(day), field="weekly")
    return Interval(day, opens, closes)


def times_of(entry: Mapping[str, object], *, of: str, field: str) -> tuple[int, int]:
    """Return the minutes at which an entry with `opens` and `closes` does so.

    Both count from the midnight at which the entry's day begins; see `Interval`.

    Args:
        entry: `{"opens": "HH:MM", "closes": "HH:MM"}`; it may close at `24:00`, or the next day.
        of: Which day, in words, for the error.
        field: Which input, for the error.

    Raises:
        BadHours: A time is not `HH:MM`.
        NoMinutesOpen: It closes when it opens.
    """
    opens = _minute(entry.get("opens"), name="opens", field=field)
    closes = entry.get("closes")
    closes = DAY if closes == "24:00" else _minute(closes, name="closes", field=field)
    if opens == closes:
        raise NoMinutesOpen(
            f"{of} closes when it opens. For a whole day, give 00:00 to 24:00.", field=field
        )
    return opens, closes if closes > opens else closes + DAY


def _minute(text: object, *, name: str, field: str) -> int:
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise BadHours(
            f"{name} is {text!r}, which is not a time. Write it as 09:00 or 21:30.", field=field
        )
    return int(match[1]) * 60 + int(match[2])


def _refuse_overlap(intervals: Iterable[Interval]) -> None:
    end, last = 0, None
    spans = sorted((start, stop) for start, stop in _cut_at_week_end(intervals))
    for start, stop in spans:
        if last is not None and start < end:
            raise OverlappingHours(
                f"The hours of {_day_name(start // DAY)} overlap with others. "
                "Give each time of the week once.",
                field="weekly",
            )
        end, last = stop, start


def _day_name(day: int) -> str:
    return get_day_names("wide", locale="en_US")[day]


def weekly_of(hours: Hours) -> list[dict[str, object]]:
    """Return hours as `Schedule.weekly` stores them; `parse_weekly` reads them back."""
    return [
        {"day": interval.day, **spelled(interval.opens, interval.closes)}
        for interval in hours.intervals
    ]


def spelled(opens: int, closes: int) -> dict[str, str]:
    """Return two minutes as `times_of` reads them."""
    return {
        "opens": _clock(opens),
        "closes": "24:00" if closes == DAY else _clock(closes % DAY),
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def open_ranges(
    hours: Hours, *, timezone: str, from_day: date, days: int = COMPILED_DAYS
) -> list[Period]:
    """Return when a week is open at a place, as sorted periods that neither touch nor overlap.

    They are exact from the first midnight of `from_day` to that `days` later, and cut there.

    Raises:
        UnknownZone: No such zone.
    """
    place = zone(timezone)
    first, last = midnight(from_day, place), midnight(from_day + timedelta(days=days), place)
    by_day: dict[int, list[Interval]] = {}
    for interval in hours.intervals:
        by_day.setdefault(interval.day, []).append(interval)
    edges: list[tuple[datetime, datetime]] = []
    for number in range(-1, days):  # the day before may still be open after midnight
        day = from_day + timedelta(days=number)
        for interval in by_day.get(day.weekday(), ()):
            opens, closes = instants(day, interval.opens, interval.closes, place)
            edges.append((max(opens, first), min(closes, last)))
    return joined(edges)


def compiled_until(*, timezone: str, from_day: date, days: int = COMPILED_DAYS) -> datetime:
    """Return the instant at which `open_ranges` of the same arguments ends to know."""
    return midnight(from_day + timedelta(days=days), zone(timezone))


def midnight(day: date, place: tzinfo) -> datetime:
    """Return the first instant of a date at a place, in UTC."""
    return _opening(datetime.combine(day, wall_time.min), place)


def instants(day: date, opens: int, closes: int, place: tzinfo) -> tuple[datetime, datetime]:
    """Return when hours that begin on a date open and close, in UTC; at once if never open."""
    start = datetime.combine(day, wall_time.min)
    return (
        _opening(start + timedelta(minutes=opens), place),
        _closing(start + timedelta(minutes=closes), place),
    )


def joined(edges: Iterable[tuple[datetime, datetime]]) -> list[Period]:
    """Return spans of time as sorted periods that neither touch nor overlap, without empty ones."""
    periods: list[Period] = []
    for opens, closes in sorted(edges):
        if closes <= opens:  # cut away at an end, or wholly inside a skipped hour
            continue
        if periods and opens <= periods[-1].ends_at:
            if closes > periods[-1].ends_at:
                periods[-1] = Period(periods[-1].starts_at, closes)
        else:
            periods.append(Period(opens, closes))
    return periods


# A person's one booking must name one instant, so `times.resolve` refuses a skipped time and asks
# back a repeated one. Opening hours are a promise for every week and there is nobody to ask: an
# edge that never happens means the first moment the clock shows something later, and one that
# happens twice is read for the longer opening, since a sign "01:30 to 05:00" is true from the
# first 01:30 on and one "22:00 to 01:30" until the second.
def _opening(wall: datetime, place: tzinfo) -> datetime:
    return _edge(wall.replace(tzinfo=place, fold=0), place)


def _closing(wall: datetime, place: tzinfo) -> datetime:
    return _edge(wall.replace(tzinfo=place, fold=1), place)


def _edge(wall: datetime, place: tzinfo) -> datetime:
    before = wall.replace(fold=1).utcoffset()
    after = wall.replace(fold=0).utcoffset()
    assert before is not None
    assert after is not None
    if before <= after:  # an ordinary time, or one of two that `fold` chooses between
        return wall.astimezone(UTC)
    # In a gap, reading the clock as it is after the gap lands before it, and the reverse.
    return _change(wall.replace(tzinfo=UTC) - before, wall.replace(tzinfo=UTC) - after, place)


def _change(before: datetime, after: datetime, place: tzinfo) -> datetime:
    """Return the instant between two at which the clock of a place changes, to the second."""
    old = before.astimezone(place).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(place).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def describe(hours: Hours | None, *, locale: str = "en_US") -> str:
    """Return hours as a line to read, such as `Mon-Sat 09:00-19:00` or `Always open`.

    Days and the 12 or 24 hour clock follow the locale. Days with the same times stand together.
    """
    if hours is None:
        return "Always open"
    times: dict[int, list[tuple[int, int]]] = {}
    for interval in hours.intervals:
        times.setdefault(interval.day, []).append((interval.opens, interval.closes))
    groups: dict[str, list[int]] = {}
    for day, minutes in times.items():
        groups.setdefault(describe_times(minutes, locale=locale), []).append(day)
    return "; ".join(f"{_spoken_days(days, locale)} {text}" for text, days in groups.items())


def describe_times(times: Iterable[tuple[int, int]], *, locale: str) -> str:
    """Return the hours of one day, in minutes from its midnight, as a line to read."""
    return ", ".join(_spoken(opens, closes, locale) for opens, closes in times)


def _spoken(opens: int, closes: int, locale: str) -> str:
    if (opens, closes) == (0, DAY):
        return "all day"
    return f"{_spoken_time(opens, locale)}{_TO}{_spoken_time(closes, locale)}"


def _spoken_time(minute: int, locale: str) -> str:
    # On a 24-hour clock the end of a day is 24:00, which no time of day can be formatted as.
    if minute == DAY and "H" in str(get_time_format("short", locale=locale)):
        return "24:00"
    hour, minutes = divmod(minute % DAY, 60)
    return format_time(wall_time(hour, minutes), format="short", locale=locale)


def _spoken_days(days: list[int], locale: str) -> str:
    names = get_day_names("abbreviated", context="stand-alone", locale=locale)
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        names[run[0]] if len(run) == 1 else f"{names[run[0]]}{_TO}{names[run[-1]]}" for run in runs
    )
