from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkplace.core.times import Period
from parkplace.spaces.exceptions import (
    BadExceptions,
    DatedHours,
    Exceptions,
    OverlappingExceptions,
    describe_exceptions,
    exceptions_of,
    open_then,
    parse_exceptions,
)
from parkplace.spaces.hours import (
    ALWAYS,
    DAY,
    BadHours,
    Hours,
    Interval,
    NoMinutesOpen,
    OverlappingHours,
    compiled_until,
    merged,
    open_ranges,
)
from tests.spaces.test_hours import NEW_YORK, WEEKS, clock_says_open, happens_twice, weeks

SAT = 5
CHRISTMAS = date(2026, 12, 25)
NIGHTS = Hours(tuple(Interval(day, 22 * 60, 30 * 60) for day in range(7)))


def entry(first: str, last: str | None = None, *hours: tuple[str, str]) -> dict[str, object]:
    times = [{"opens": opens, "closes": closes} for opens, closes in hours]
    return {"first_day": first, "last_day": last or first, "hours": times}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class TestParsing:
    def test_exceptions_are_read_and_written_back_by_date(self) -> None:
        closed = entry("2026-12-25", "2026-12-26")
        short = entry("2026-12-24", None, ("08:00", "12:00"), ("13:00", "24:00"))
        night = entry("2026-12-31", None, ("20:00", "04:00"))
        found = parse_exceptions([night, closed, short])
        assert found[0] == DatedHours(
            date(2026, 12, 24), date(2026, 12, 24), ((480, 720), (780, DAY))
        )
        assert exceptions_of(found) == [short, closed, night]

    def test_none_are_none(self) -> None:
        assert parse_exceptions([]) == ()

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ([entry("2026-02-30")], BadExceptions, "not a date"),
            ([entry("24.12.2026")], BadExceptions, "not a date"),
            ([entry("1999-12-31")], BadExceptions, "not a date"),
            ([entry("9999-12-31")], BadExceptions, "not a date"),
            ([entry("2026-12-26", "2026-12-25")], BadExceptions, "comes before"),
            ([entry("2026-12-25", None, ("9:00", "10:00"))], BadHours, "not a time"),
            ([entry("2026-12-25", None, ("09:00", "25:00"))], BadHours, "not a time"),
            ([entry("2026-12-25", None, ("09:00", "09:00"))], NoMinutesOpen, "2026-12-25 closes"),
            (
                [entry("2026-12-25", None, ("09:00", "12:00"), ("11:00", "13:00"))],
                OverlappingHours,
                "2026-12-25 overlap",
            ),
            (
                [entry("2026-12-20", "2026-12-25"), entry("2026-12-25")],
                OverlappingExceptions,
                "2026-12-25 is in two",
            ),
            ([{"first_day": "2026-12-25", "last_day": "2026-12-25"}], BadExceptions, "no list"),
            ([{"last_day": "2026-12-25", "hours": []}], BadExceptions, "not a date"),
            ([entry("2026-12-25")] * 201, BadExceptions, "at most"),
            ([entry("2026-12-25", None, *[("09:00", "10:00")] * 21)], BadExceptions, "at most"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, wrong: list[dict[str, object]], error: type[BadHours], says: str
    ) -> None:
        with pytest.raises(error, match=says) as refused:
            parse_exceptions(wrong)
        assert refused.value.field == "exceptions"


class TestOpening:
    def opened(self, hours: Hours | None, *listed: dict[str, object], **asked: Any) -> list[Period]:
        given: dict[str, Any] = {"from_day": date(2026, 12, 24), "days": 4, "timezone": NEW_YORK}
        return open_then(hours, parse_exceptions(listed), **(given | asked))

    def test_a_closed_date_is_closed_from_midnight_to_midnight(self) -> None:
        assert self.opened(ALWAYS, entry("2026-12-25", "2026-12-26")) == [
            Period(at("2026-12-24T00:00-05:00"), at("2026-12-25T00:00-05:00")),
            Period(at("2026-12-27T00:00-05:00"), at("2026-12-28T00:00-05:00")),
        ]

    def test_the_night_before_ends_at_midnight_and_the_night_after_begins_there(self) -> None:
        assert self.opened(NIGHTS, entry("2026-12-25"), days=3) == [
            Period(at("2026-12-24T00:00-05:00"), at("2026-12-24T06:00-05:00")),
            Period(at("2026-12-24T22:00-05:00"), at("2026-12-25T00:00-05:00")),
            Period(at("2026-12-26T00:00-05:00"), at("2026-12-26T06:00-05:00")),
            Period(at("2026-12-26T22:00-05:00"), at("2026-12-27T00:00-05:00")),
        ]

    def test_other_hours_replace_the_weeks(self) -> None:
        assert self.opened(ALWAYS, entry("2026-12-25", None, ("10:00", "14:00")), days=2) == [
            Period(at("2026-12-24T00:00-05:00"), at("2026-12-25T00:00-05:00")),
            Period(at("2026-12-25T10:00-05:00"), at("2026-12-25T14:00-05:00")),
        ]

    def test_other_hours_run_on_past_midnight_into_a_closed_date(self) -> None:
        eve = entry("2026-12-24", None, ("22:00", "02:00"))
        assert self.opened(NIGHTS, eve, entry("2026-12-25", "2026-12-27")) == [
            Period(at("2026-12-24T22:00-05:00"), at("2026-12-25T02:00-05:00")),
        ]

    def test_the_night_before_the_first_day_that_is_asked_about_is_known(self) -> None:
        eve = entry("2026-12-23", None, ("22:00", "02:00"))
        assert self.opened(NIGHTS, eve, entry("2026-12-24", "2026-12-27")) == [
            Period(at("2026-12-24T00:00-05:00"), at("2026-12-24T02:00-05:00")),
        ]

    def test_a_night_with_hours_of_its_own_is_9_or_11_hours_long_when_the_clocks_change(
        self,
    ) -> None:
        for day, length in (("2026-03-07", 9), ("2026-10-31", 11)):
            closed = Hours((Interval(SAT, 9 * 60, 10 * 60),))
            own = entry(day, None, ("22:00", "08:00"))
            (night,) = self.opened(closed, own, from_day=date.fromisoformat(day), days=2)
            assert night.duration == timedelta(hours=length)

    def test_without_exceptions_it_is_the_week(self) -> None:
        week = open_ranges(NIGHTS, timezone=NEW_YORK, from_day=CHRISTMAS)
        assert open_then(NIGHTS, (), timezone=NEW_YORK, from_day=CHRISTMAS) == week


TIMES = st.lists(
    st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=3,
)


@st.composite
def places_with_exceptions(draw: st.DrawFn) -> tuple[str, date, Exceptions]:
    """A zone, a date about which its clock changes, and exceptions around it."""
    timezone, first = draw(st.sampled_from(WEEKS))
    days = draw(st.lists(st.integers(-2, 9), max_size=6, unique=True).map(sorted))
    pairs = zip(days[::2], days[1::2], strict=False)
    return (
        timezone,
        first,
        tuple(
            DatedHours(
                first + timedelta(days=begin),
                first + timedelta(days=end),
                tuple(sorted(set(draw(TIMES)))),
            )
            for begin, end in pairs
        ),
    )


@settings(max_examples=300)
@given(
    st.one_of(st.none(), weeks),
    places_with_exceptions(),
    st.lists(st.integers(0, 9 * DAY), max_size=40),
)
def test_open_is_the_week_less_the_dates_and_what_the_dates_say_themselves(
    week: Hours | None, where: tuple[str, date, Exceptions], minutes: list[int]
) -> None:
    timezone, first, exceptions = where
    found = open_then(week, exceptions, timezone=timezone, from_day=first, days=9)
    begins = compiled_until(timezone=timezone, from_day=first, days=0)
    ends = compiled_until(timezone=timezone, from_day=first, days=9)
    edges = [edge for period in found for edge in (period.starts_at, period.ends_at)]
    assert edges == sorted(set(edges))
    moments = {begins + timedelta(minutes=minute) for minute in minutes}
    moments |= {edge + timedelta(seconds=step) for edge in edges for step in (-1, 0, 1)}
    for moment in moments:
        if begins <= moment < ends and not happens_twice(moment, timezone):
            inside = bisect_right(edges, moment) % 2 == 1
            assert inside == clock_says(week, exceptions, moment, timezone), moment


def clock_says(week: Hours | None, exceptions: Exceptions, moment: datetime, timezone: str) -> bool:
    """What somebody reads off a clock at the place, the week and the list of exceptions."""
    wall = moment.astimezone(ZoneInfo(timezone))
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    own = any(
        (dated.first <= today <= dated.last and opens <= minute < closes)
        or (dated.first <= yesterday <= dated.last and opens <= minute + DAY < closes)
        for dated in exceptions
        for opens, closes in dated.times
    )
    special = any(dated.first <= today <= dated.last for dated in exceptions)
    usual = week is None or clock_says_open(week, moment, timezone)
    return own or (usual and not special)


@given(places_with_exceptions())
def test_what_is_written_is_read_back(where: tuple[str, date, Exceptions]) -> None:
    _, _, exceptions = where
    tidy = tuple(
        DatedHours(dated.first, dated.last, times_of_one_day(dated)) for dated in exceptions
    )
    assert parse_exceptions(exceptions_of(tidy)) == tidy


def times_of_one_day(dated: DatedHours) -> tuple[tuple[int, int], ...]:
    """The first of a date's times, shorter than a day so that it can be written down."""
    return tuple((opens, min(closes, opens + DAY - 1)) for opens, closes in dated.times[:1])


def test_exceptions_are_read_aloud_and_those_that_are_over_are_not() -> None:
    listed = parse_exceptions(
        [
            entry("2026-12-24", None, ("09:00", "12:00")),
            entry("2026-12-25", "2026-12-26"),
            entry("2026-12-31", None, ("00:00", "24:00")),
        ]
    )
    assert describe_exceptions(listed, locale="en_GB") == [
        "24 Dec 2026: 09:00–12:00",
        "25 Dec 2026 – 26 Dec 2026: closed",
        "31 Dec 2026: all day",
    ]
    assert describe_exceptions(listed, locale="de_DE", since=date(2026, 12, 26)) == [
        "25.12.2026 – 26.12.2026: closed",
        "31.12.2026: all day",
    ]


def test_a_week_that_is_always_open_may_have_exceptions() -> None:
    every_hour = merged(Interval(day, 0, DAY) for day in range(7))
    assert every_hour is ALWAYS
    closed = parse_exceptions([entry("2026-12-25")])
    (before, after) = open_then(
        ALWAYS, closed, timezone="Asia/Kolkata", from_day=date(2026, 12, 24), days=3
    )
    assert before.duration == after.duration == timedelta(days=1)
