import pytest

from parkplace.spaces.hours import Interval
from parkplace.web.pages.add_space.week import notes, read
from tests.web.pages.add_space.forms import week


def test_always_open_is_no_hours() -> None:
    assert read({"hours": "always", "open-0": "true", "opens-0": "x"}) == (None, {})


def test_a_row_for_each_day_makes_a_week() -> None:
    hours, errors = read(week(mon=("08:00", "20:00"), sat=("10:00", "14:30")))

    assert not errors
    assert hours
    assert hours.intervals == (Interval(0, 480, 1200), Interval(5, 600, 870))


def test_hours_may_go_on_after_midnight() -> None:
    hours, errors = read(week(fri=("18:00", "02:00"), sun=("22:00", "00:00")))

    assert not errors
    assert hours
    assert hours.intervals == (Interval(4, 1080, 1560), Interval(6, 1320, 1440))


def test_midnight_to_midnight_is_a_whole_day() -> None:
    hours, errors = read(week(sun=("00:00", "00:00")))

    assert not errors
    assert hours
    assert hours.intervals == (Interval(6, 0, 1440),)


def test_seven_whole_days_are_always() -> None:
    whole = ("00:00", "00:00")
    rows = week(mon=whole, tue=whole, wed=whole, thu=whole, fri=whole, sat=whole, sun=whole)
    assert read(rows) == (None, {})


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        (week(tue=("09:00", "")), {"weekly-1": "Give both times."}),
        (week(tue=("", "")), {"weekly-1": "Give both times."}),
        (
            week(tue=("09:00", "09:00")),
            {"weekly-1": "Tuesday closes when it opens. For a whole day, give 00:00 to 24:00."},
        ),
        (
            week(),
            {
                "weekly": "A space that is never open cannot be booked. Give at least one day.",
            },
        ),
    ],
)
def test_what_is_wrong_stands_at_its_row(rows: dict[str, str], errors: dict[str, str]) -> None:
    assert read(rows) == (None, errors)


def test_all_rows_are_checked_and_an_overlap_is_told_at_the_later_one() -> None:
    hours, errors = read(
        week(mon=("18:00", "02:00"), tue=("01:00", "08:00"), thu=("25:00", "26:00"))
    )

    assert hours is None
    assert list(errors) == ["weekly-1", "weekly-3"]
    assert "overlap" in errors["weekly-1"]
    assert "is not a time" in errors["weekly-3"]


def test_rows_say_what_they_mean_where_that_is_not_plain() -> None:
    rows = week(
        mon=("18:00", "02:00"), tue=("08:00", "20:00"), wed=("08:00", "00:00"),
        sat=("00:00", "00:00"), sun=("22:00", "06:00"), fri=("", ""),
    )  # fmt: skip
    assert notes(rows) == {
        "0": "Until Tuesday morning",
        "2": "Until midnight",
        "5": "All day",
        "6": "Until Monday morning",
    }
    assert notes({**rows, "hours": "always"}) == {}
