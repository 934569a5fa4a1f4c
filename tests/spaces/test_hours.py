from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkplace.core.times import Period, UnknownZone
from parkplace.spaces.hours import (
    ALWAYS,
    DAY,
    BadHours,
    Hours,
    Interval,
    NoMinutesOpen,
    OverlappingHours,
    UnknownDay,
    compiled_until,
    describe,
    merged,
    open_ranges,
    parse_weekly,
    weekly_of,
)

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
NEW_YORK = "America/New_York"

# Weeks in which the clocks of a zone change, and zones that never do.
WEEKS = [
    (NEW_YORK, date(2026, 3, 5)),
    (NEW_YORK, date(2026, 10, 29)),
    ("Europe/London", date(2026, 3, 26)),
    ("Europe/London", date(2026, 10, 22)),
    ("Europe/Berlin", date(2026, 3, 26)),
    ("Europe/Berlin", date(2026, 10, 22)),
    ("Australia/Lord_Howe", date(2026, 4, 2)),
    ("Australia/Lord_Howe", date(2026, 10, 1)),
    ("America/Phoenix", date(2026, 3, 5)),
    ("Asia/Kolkata", date(2026, 10, 22)),
    ("Pacific/Apia", date(2011, 12, 27)),  # 30 December 2011 never came
    ("Pacific/Apia", date(2011, 12, 30)),
    ("America/Santiago", date(2026, 9, 3)),  # midnight itself is skipped
    ("America/Havana", date(2026, 10, 30)),  # midnight itself happens twice
]


def entry(day: int, opens: str, closes: str) -> dict[str, object]:
    return {"day": day, "opens": opens, "closes": closes}


def hours(*entries: dict[str, object]) -> Hours:
    parsed = parse_weekly(entries)
    assert parsed is not None
    return parsed


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


intervals = st.builds(
    lambda day, opens, length: Interval(day, opens, opens + length),
    st.integers(MON, SUN),
    st.integers(0, DAY - 1),
    st.integers(1, DAY),
)
weeks = st.lists(intervals, min_size=1, max_size=12).map(merged)


class TestParsing:
    def test_a_week_is_read_and_written_back(self) -> None:
        weekly = [entry(MON, "09:00", "18:30"), entry(FRI, "22:00", "06:00")]
        assert weekly_of(hours(*weekly)) == weekly

    def test_closing_earlier_than_opening_means_the_next_day(self) -> None:
        assert hours(entry(FRI, "22:00", "06:00")).intervals == (Interval(FRI, 1320, 1800),)

    def test_a_day_may_end_at_24_00(self) -> None:
        assert hours(entry(SAT, "18:00", "24:00")).intervals == (Interval(SAT, 1080, 1440),)

    def test_every_hour_of_the_week_is_always(self) -> None:
        assert parse_weekly([entry(day, "00:00", "24:00") for day in range(7)]) is ALWAYS

    @pytest.mark.parametrize("day", [7, -1, "Monday", None, True, 1.0])
    def test_a_day_outside_the_week_is_refused(self, day: object) -> None:
        with pytest.raises(UnknownDay, match="not a day"):
            parse_weekly([{"day": day, "opens": "09:00", "closes": "10:00"}])

    @pytest.mark.parametrize("opens", ["9:00", "24:00", "25:00", "09:60", "0900", "", None, 9])
    def test_what_is_no_time_is_refused(self, opens: object) -> None:
        with pytest.raises(BadHours, match="not a time"):
            parse_weekly([{"day": MON, "opens": opens, "closes": "10:00"}])

    def test_an_entry_without_times_is_refused(self) -> None:
        with pytest.raises(BadHours, match="opens is None"):
            parse_weekly([{"day": MON}])

    def test_opening_and_closing_at_once_is_refused(self) -> None:
        with pytest.raises(NoMinutesOpen, match="Tuesday closes when it opens"):
            parse_weekly([entry(TUE, "09:00", "09:00")])

    def test_never_open_is_refused(self) -> None:
        with pytest.raises(BadHours, match="never open"):
            parse_weekly([])

    def test_two_entries_of_one_minute_are_refused(self) -> None:
        with pytest.raises(OverlappingHours, match="Monday"):
            parse_weekly([entry(MON, "09:00", "12:00"), entry(MON, "11:59", "13:00")])

    def test_a_night_that_reaches_into_the_next_day_overlaps_it(self) -> None:
        with pytest.raises(OverlappingHours, match="Monday"):
            parse_weekly([entry(SUN, "22:00", "06:00"), entry(MON, "05:00", "12:00")])

    def test_a_thousand_entries_are_refused(self) -> None:
        with pytest.raises(BadHours, match="at most"):
            parse_weekly([entry(MON, "09:00", "10:00")] * 1000)


class TestNormalForm:
    def test_touching_hours_are_joined(self) -> None:
        week = hours(entry(MON, "13:00", "18:00"), entry(MON, "08:00", "13:00"))
        assert week.intervals == (Interval(MON, 480, 1080),)

    def test_hours_that_touch_at_midnight_are_one_night(self) -> None:
        week = hours(entry(SUN, "20:00", "24:00"), entry(MON, "00:00", "04:00"))
        assert week.intervals == (Interval(SUN, 1200, 1680),)

    def test_stretches_of_more_than_a_day_are_cut_at_midnight(self) -> None:
        week = merged([Interval(FRI, 720, 2160), Interval(SAT, 700, 1500)])
        assert week == Hours((Interval(FRI, 720, DAY), Interval(SAT, 0, DAY), Interval(SUN, 0, 60)))

    def test_noon_to_noon_is_cut_since_it_could_not_be_written(self) -> None:
        week = merged([Interval(FRI, 720, 720 + DAY)])
        assert week is not None
        assert week == Hours((Interval(FRI, 720, DAY), Interval(SAT, 0, 720)))
        assert parse_weekly(weekly_of(week)) == week

    @given(st.lists(intervals, min_size=1, max_size=12))
    def test_order_and_repetition_do_not_matter(self, pieces: list[Interval]) -> None:
        week = merged(pieces)
        assert merged(reversed(pieces)) == week
        if week is not None:
            assert merged([*week.intervals, *pieces]) == week

    @given(weeks)
    def test_what_is_written_is_read_back(self, week: Hours | None) -> None:
        if week is not None:
            assert parse_weekly(weekly_of(week)) == week


class TestRanges:
    def test_nine_to_five_follows_the_clock_of_the_place(self) -> None:
        week = hours(entry(SAT, "09:00", "17:00"), entry(SUN, "09:00", "17:00"))
        found = open_ranges(week, timezone=NEW_YORK, from_day=date(2026, 3, 7), days=2)
        assert found == [
            Period(at("2026-03-07T09:00-05:00"), at("2026-03-07T17:00-05:00")),
            Period(at("2026-03-08T09:00-04:00"), at("2026-03-08T17:00-04:00")),
        ]

    def test_nights_are_9_and_11_hours_long_when_the_clocks_change(self) -> None:
        week = hours(entry(SAT, "22:00", "08:00"))
        spring = open_ranges(week, timezone=NEW_YORK, from_day=date(2026, 3, 7), days=2)
        autumn = open_ranges(week, timezone=NEW_YORK, from_day=date(2026, 10, 31), days=2)
        assert [period.duration for period in spring] == [timedelta(hours=9)]
        assert [period.duration for period in autumn] == [timedelta(hours=11)]

    def test_an_edge_in_the_skipped_hour_moves_to_its_end(self) -> None:
        after_gap = at("2026-03-08T03:00-04:00")
        closing = hours(entry(SUN, "01:30", "02:30"))
        opening = hours(entry(SUN, "02:30", "04:00"))
        day = date(2026, 3, 8)
        assert open_ranges(closing, timezone=NEW_YORK, from_day=day, days=1) == [
            Period(at("2026-03-08T01:30-05:00"), after_gap)
        ]
        assert open_ranges(opening, timezone=NEW_YORK, from_day=day, days=1) == [
            Period(after_gap, at("2026-03-08T04:00-04:00"))
        ]

    def test_hours_inside_the_skipped_hour_do_not_happen(self) -> None:
        week = hours(entry(SUN, "02:10", "02:50"))
        assert open_ranges(week, timezone=NEW_YORK, from_day=date(2026, 3, 8), days=1) == []

    def test_a_repeated_hour_opens_at_its_first_and_closes_at_its_second(self) -> None:
        week = hours(entry(SUN, "01:30", "01:45"))
        assert open_ranges(week, timezone=NEW_YORK, from_day=date(2026, 11, 1), days=1) == [
            Period(at("2026-11-01T01:30-04:00"), at("2026-11-01T01:45-05:00"))
        ]

    def test_half_an_hour_is_skipped_on_lord_howe(self) -> None:
        week = hours(entry(SUN, "01:00", "02:15"))
        found = open_ranges(
            week, timezone="Australia/Lord_Howe", from_day=date(2026, 10, 4), days=1
        )
        assert found == [Period(at("2026-10-04T01:00+10:30"), at("2026-10-04T02:30+11:00"))]

    def test_the_friday_that_samoa_left_out(self) -> None:
        week = hours(entry(THU, "20:00", "06:00"), entry(FRI, "09:00", "17:00"))
        found = open_ranges(week, timezone="Pacific/Apia", from_day=date(2011, 12, 29), days=3)
        assert found == [Period(at("2011-12-29T20:00-10:00"), at("2011-12-31T00:00+14:00"))]

    def test_the_night_before_the_first_day_is_known_from_midnight(self) -> None:
        week = hours(entry(FRI, "22:00", "06:00"))
        assert open_ranges(week, timezone="Asia/Kolkata", from_day=date(2026, 11, 21), days=1) == [
            Period(at("2026-11-21T00:00+05:30"), at("2026-11-21T06:00+05:30"))
        ]

    def test_nothing_is_said_beyond_the_last_day(self) -> None:
        week = hours(entry(SAT, "22:00", "06:00"))
        day = date(2026, 11, 21)
        (found,) = open_ranges(week, timezone="Europe/Berlin", from_day=day, days=1)
        until = compiled_until(timezone="Europe/Berlin", from_day=day, days=1)
        assert found.ends_at == until == at("2026-11-22T00:00+01:00")

    def test_an_unknown_zone_is_refused(self) -> None:
        with pytest.raises(UnknownZone):
            open_ranges(
                hours(entry(MON, "09:00", "10:00")), timezone="Moon/Base", from_day=date(2026, 1, 1)
            )

    @settings(max_examples=300)
    @given(weeks, st.sampled_from(WEEKS), st.lists(st.integers(0, 9 * DAY), min_size=30))
    def test_open_is_what_a_clock_at_the_place_says(
        self, week: Hours | None, where: tuple[str, date], minutes: list[int]
    ) -> None:
        if week is None:
            return
        timezone, first = where
        found = open_ranges(week, timezone=timezone, from_day=first, days=9)
        begins = compiled_until(timezone=timezone, from_day=first, days=0)
        ends = compiled_until(timezone=timezone, from_day=first, days=9)
        edges = [edge for period in found for edge in (period.starts_at, period.ends_at)]
        assert edges == sorted(set(edges))
        moments = {begins + timedelta(minutes=minute) for minute in minutes}
        moments |= {edge + timedelta(seconds=step) for edge in edges for step in (-1, 0, 1)}
        for moment in moments:
            if begins <= moment < ends and not happens_twice(moment, timezone):
                # An odd number of edges so far: inside.
                inside = bisect_right(edges, moment) % 2 == 1
                assert inside == clock_says_open(week, moment, timezone), moment


def clock_says_open(week: Hours, moment: datetime, timezone: str) -> bool:
    wall = moment.astimezone(ZoneInfo(timezone))
    minute = wall.hour * 60 + wall.minute
    yesterday = (wall.date() - timedelta(days=1)).weekday()
    return any(
        (interval.day == wall.weekday() and interval.opens <= minute < interval.closes)
        or (interval.day == yesterday and interval.opens <= minute + DAY < interval.closes)
        for interval in week.intervals
    )


def happens_twice(moment: datetime, timezone: str) -> bool:
    wall = moment.astimezone(ZoneInfo(timezone))
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


class TestDescribing:
    def test_days_with_the_same_hours_stand_together(self) -> None:
        week = hours(*(entry(day, "09:00", "19:00") for day in range(SUN)))
        assert describe(week, locale="en_GB") == "Mon–Sat 09:00–19:00"

    def test_the_reader_s_clock_is_used(self) -> None:
        week = hours(entry(MON, "09:00", "19:30"))
        assert describe(week, locale="en_US") == "Mon 9:00\u202fAM–7:30\u202fPM"
        assert describe(week, locale="de_DE") == "Mo 09:00–19:30"

    def test_single_days_several_times_and_whole_days(self) -> None:
        week = hours(
            entry(MON, "07:00", "11:00"),
            entry(MON, "12:30", "24:00"),
            entry(WED, "07:00", "11:00"),
            entry(WED, "12:30", "24:00"),
            entry(SAT, "00:00", "24:00"),
        )
        said = "Mon, Wed 07:00–11:00, 12:30–24:00; Sat all day"
        assert describe(week, locale="en_GB") == said

    def test_midnight_at_the_end_in_twelve_hours(self) -> None:
        week = hours(entry(MON, "18:00", "24:00"))
        assert describe(week, locale="en_US") == "Mon 6:00\u202fPM–12:00\u202fAM"

    def test_always(self) -> None:
        assert describe(ALWAYS) == "Always open"
