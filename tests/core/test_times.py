from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.times import (
    EmptyPeriod,
    OutsideTime,
    Period,
    RepeatedTime,
    SkippedTime,
    UnknownZone,
    resolve,
    wall,
    zone,
)

NEW_YORK = "America/New_York"
ZONES = [
    NEW_YORK,
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Phoenix",
    "Asia/Kolkata",
    "Pacific/Apia",
]
INSTANTS = st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize("place", ZONES)
@given(instant=INSTANTS)
def test_what_a_clock_shows_leads_back_to_the_instant(place: str, instant: datetime) -> None:
    shown = wall(instant, timezone=place)
    # Python calls a repeated wall time unequal to every instant (PEP 495), so compare in UTC.
    assert shown.astimezone(UTC) == instant
    typed = shown.replace(tzinfo=None, fold=0)
    assert resolve(typed, timezone=place, second=bool(shown.fold)) == instant


@pytest.mark.parametrize("place", ZONES)
@given(typed=st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1)))
def test_every_wall_time_is_one_instant_two_or_none(place: str, typed: datetime) -> None:
    try:
        instants = [resolve(typed, timezone=place)]
    except RepeatedTime as twice:
        instants = [datetime.fromisoformat(twice.details[name]) for name in ("first", "second")]
        assert instants[0] < instants[1]
    except SkippedTime:
        instants = []
    assert all(at.tzinfo is UTC or at.utcoffset() == timedelta(0) for at in instants)
    assert all(wall(at, timezone=place).replace(tzinfo=None) == typed for at in instants)


@pytest.mark.parametrize(
    ("place", "skipped"),
    [
        (NEW_YORK, datetime(2026, 3, 8, 2, 30)),
        ("Europe/London", datetime(2026, 3, 29, 1, 30)),
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 0)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15)),
        ("Pacific/Apia", datetime(2011, 12, 30, 12, 0)),
    ],
)
def test_a_time_the_clock_jumps_over_is_refused(place: str, skipped: datetime) -> None:
    with pytest.raises(SkippedTime, match="does not exist"):
        resolve(skipped, timezone=place)
    with pytest.raises(SkippedTime):
        resolve(skipped, timezone=place, second=True)


@pytest.mark.parametrize(
    ("place", "typed", "apart"),
    [
        (NEW_YORK, datetime(2026, 11, 1, 1, 30), timedelta(hours=1)),
        ("Europe/London", datetime(2026, 10, 25, 1, 0), timedelta(hours=1)),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 59), timedelta(hours=1)),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 45), timedelta(minutes=30)),
    ],
)
def test_a_time_that_happens_twice_is_asked_back(
    place: str, typed: datetime, apart: timedelta
) -> None:
    with pytest.raises(RepeatedTime, match="happens twice") as asked:
        resolve(typed, timezone=place)
    first = resolve(typed, timezone=place, second=False)
    second = resolve(typed, timezone=place, second=True)
    assert second - first == apart
    assert asked.value.details == {"first": first.isoformat(), "second": second.isoformat()}


@pytest.mark.parametrize("place", ["America/Phoenix", "Asia/Kolkata"])
def test_where_clocks_never_change_every_time_is_plain(place: str) -> None:
    hours = (datetime(2026, 1, 1) + timedelta(hours=hour) for hour in range(365 * 24))
    offsets = {typed.replace(tzinfo=UTC) - resolve(typed, timezone=place) for typed in hours}
    assert len(offsets) == 1


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        (datetime(2026, 3, 7, 22), 9),
        (datetime(2026, 10, 31, 22), 11),
        (datetime(2026, 6, 1, 22), 10),
    ],
)
def test_a_night_in_new_york_lasts_as_long_as_it_does(night: datetime, hours: int) -> None:
    morning = night + timedelta(hours=10)
    stay = Period(resolve(night, timezone=NEW_YORK), resolve(morning, timezone=NEW_YORK))
    assert stay.duration == timedelta(hours=hours)


def test_a_period_of_wall_times_is_measured_in_real_time() -> None:
    place = zone(NEW_YORK)
    stay = Period(datetime(2026, 3, 7, 22, tzinfo=place), datetime(2026, 3, 8, 8, tzinfo=place))
    assert stay.duration == timedelta(hours=9)
    assert stay.starts_at.tzinfo is UTC


@pytest.mark.parametrize("minutes", [0, -1, -1440])
def test_a_period_must_end_after_it_starts(minutes: int) -> None:
    start = datetime(2026, 11, 21, 18, tzinfo=UTC)
    with pytest.raises(EmptyPeriod) as refused:
        Period(start, start + timedelta(minutes=minutes))
    assert refused.value.field == "ends_at"


def test_instants_without_an_offset_are_a_bug() -> None:
    aware, naive = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2)
    with pytest.raises(ValueError, match="offset"):
        Period(aware, naive)
    with pytest.raises(ValueError, match="no offset"):
        resolve(aware, timezone=NEW_YORK)


def test_the_end_of_the_calendar_is_refused_with_a_sentence() -> None:
    east = timezone(timedelta(hours=14))
    with pytest.raises(OutsideTime):
        Period(datetime(1, 1, 1, tzinfo=east), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(OutsideTime):
        resolve(datetime(9999, 12, 31, 23, 59), timezone=NEW_YORK)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "america/new_york", "EST\0"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        zone(name)
    assert refused.value.field == "timezone"
    with pytest.raises(UnknownZone):
        wall(datetime(2026, 1, 1, tzinfo=UTC), timezone=name)


MINUTES = st.integers(min_value=0, max_value=10_000)


@given(MINUTES, MINUTES, MINUTES, MINUTES)
def test_periods_overlap_when_they_share_an_instant(a: int, b: int, c: int, d: int) -> None:
    one, other = _period(a, a + b + 1), _period(c, c + d + 1)
    shared = max(one.starts_at, other.starts_at) < min(one.ends_at, other.ends_at)
    assert one.overlaps(other) == other.overlaps(one) == shared


def test_periods_that_only_touch_do_not_overlap() -> None:
    assert not _period(0, 60).overlaps(_period(60, 120))
    assert _period(0, 61).overlaps(_period(60, 120))


def test_a_period_is_half_open_in_the_database_too() -> None:
    span = _period(0, 60).range()
    assert (span.bounds, span.lower, span.upper) == (
        "[)",
        datetime(2026, 1, 1, 0, tzinfo=UTC),
        datetime(2026, 1, 1, 1, tzinfo=UTC),
    )


def _period(start: int, end: int) -> Period:
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    return Period(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
