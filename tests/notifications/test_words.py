from datetime import UTC, datetime, timedelta

import pytest

from parkplace.accounts.models import HourCycle
from parkplace.core.times import Period, resolve
from parkplace.notifications.words import length, moment, span, whose_clock

NEW_YORK = "America/New_York"
DASH = "\N{EN DASH}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


def stay(
    start: datetime, end: datetime, timezone: str = NEW_YORK, *, second: bool = False
) -> Period:
    return Period(
        resolve(start, timezone=timezone, second=False),
        resolve(end, timezone=timezone, second=second),
    )


def said(period: Period, timezone: str = NEW_YORK, locale: str = "en_US") -> str:
    return span(period, timezone=timezone, locale=locale).replace(NARROW, " ")


def test_a_stay_within_a_day_names_the_day_once() -> None:
    evening = stay(datetime(2026, 11, 21, 18), datetime(2026, 11, 21, 21))
    assert said(evening) == f"Sat, Nov 21, 2026, 6:00 PM {DASH} 9:00 PM"


def test_a_stay_over_midnight_names_both_days() -> None:
    night = stay(datetime(2026, 11, 21, 22), datetime(2026, 11, 22, 8))
    assert said(night) == f"Sat, Nov 21, 2026, 10:00 PM {DASH} Sun, Nov 22, 2026, 8:00 AM"


def test_the_day_is_that_of_the_space_and_not_of_utc() -> None:
    start = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    period = Period(start, start + timedelta(hours=2))
    assert said(period, "Asia/Kolkata") == f"Sun, Nov 22, 2026, 1:30 AM {DASH} 3:30 AM"
    assert said(period, "Pacific/Apia").startswith("Sun, Nov 22, 2026, 9:00 AM")


def test_readers_elsewhere_write_it_their_way() -> None:
    evening = stay(datetime(2026, 11, 21, 18), datetime(2026, 11, 21, 21))
    assert said(evening, locale="de_DE") == f"Sa., 21. Nov. 2026, 18:00 {DASH} 21:00"
    assert said(evening, locale="en_GB") == f"Sat, 21 Nov 2026, 18:00 {DASH} 21:00"


@pytest.mark.parametrize(("second", "zone"), [(False, "EDT"), (True, "EST")])
def test_a_time_that_happens_twice_says_which(*, second: bool, zone: str) -> None:
    night = stay(datetime(2026, 10, 31, 22), datetime(2026, 11, 1, 1, 30), second=second)
    assert said(night).endswith(f"Sun, Nov 1, 2026, 1:30 AM {zone}")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (datetime(2026, 3, 7, 22), datetime(2026, 3, 8, 8), "9 h"),
        (datetime(2026, 10, 31, 22), datetime(2026, 11, 1, 8), "11 h"),
        (datetime(2026, 6, 1, 8), datetime(2026, 6, 1, 9, 30), "1 h 30 min"),
        (datetime(2026, 6, 1, 8), datetime(2026, 6, 1, 8, 45), "45 min"),
        (datetime(2026, 6, 1, 8), datetime(2026, 6, 3, 8), "48 h"),
    ],
)
def test_a_stay_is_as_long_as_it_really_is(start: datetime, end: datetime, words: str) -> None:
    assert length(stay(start, end)) == words


def test_a_moment_and_its_clock() -> None:
    at = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    shown = moment(at, timezone=NEW_YORK, locale="en_US").replace(NARROW, " ")
    assert shown == "Sat, Nov 21, 2026, 2:00 PM"
    assert whose_clock(NEW_YORK, locale="en_US") == "New York"
    assert whose_clock("Asia/Kolkata", locale="de_DE") == "Kolkata"


@pytest.mark.parametrize(
    ("hours", "locale", "shown"),
    [
        (HourCycle.AUTO, "en_US", "6:05 PM"),
        (HourCycle.AUTO, "en_GB", "18:05"),
        (HourCycle.H12, "en_GB", "6:05 pm"),
        (HourCycle.H24, "en_US", "18:05"),
        (HourCycle.H24, "de_DE", "18:05"),
    ],
)
def test_a_clock_is_read_as_its_reader_does(hours: HourCycle, locale: str, shown: str) -> None:
    at = resolve(datetime(2026, 11, 21, 18, 5), timezone=NEW_YORK)
    said = moment(at, timezone=NEW_YORK, locale=locale, hours=hours).replace(NARROW, " ")
    assert said.endswith(f", {shown}")
