from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.times import EmptyPeriod, OutsideTime, UnknownZone, wall
from parkplace.insights.figures import LONGEST, Span, SpanTooLong, Step
from tests.factories import NEW_YORK, NOW

DAY = timedelta(days=1)


def test_the_last_thirty_days_are_meant_when_nothing_is_said() -> None:
    span = Span.given(None, None, now=NOW)
    assert (span.period.starts_at, span.period.ends_at) == (NOW - 30 * DAY, NOW)
    assert len(span.buckets()) == 31


def test_from_alone_means_until_now() -> None:
    span = Span.given(NOW - 2 * DAY, None, now=NOW)
    assert span.period.ends_at == NOW


def test_a_year_and_a_day_is_the_longest() -> None:
    assert Span.given(NOW - LONGEST, NOW, now=NOW).period.duration == LONGEST
    with pytest.raises(SpanTooLong):
        Span.given(NOW - LONGEST - timedelta(seconds=1), NOW, now=NOW)
    assert Span.given(NOW - 5 * LONGEST, None, now=NOW).period.duration == LONGEST


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(EmptyPeriod) as empty:
        Span.given(NOW, NOW, now=NOW)
    assert empty.value.field == "to"
    with pytest.raises(UnknownZone):
        Span.given(None, None, timezone="Mars/Olympus", now=NOW)
    for wrong in (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)):
        with pytest.raises(OutsideTime):
            Span.given(wrong, None, now=NOW)
        with pytest.raises(OutsideTime):
            Span.given(None, wrong, now=NOW)


def test_months_begin_with_the_first_day_that_counts() -> None:
    span = Span.given(
        datetime(2026, 11, 20, tzinfo=UTC),
        datetime(2027, 2, 1, tzinfo=UTC),
        step=Step.MONTH,
        now=NOW,
    )
    assert span.buckets() == [
        date(2026, 11, 20),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.timedeltas(timedelta(seconds=1), LONGEST),
    st.sampled_from(["UTC", NEW_YORK, "Pacific/Apia", "Australia/Lord_Howe"]),
    st.sampled_from(Step),
)
def test_every_instant_of_a_span_has_its_piece(
    start: datetime, length: timedelta, timezone: str, step: Step
) -> None:
    starts_at = start.replace(tzinfo=UTC)
    span = Span.given(starts_at, starts_at + length, step=step, timezone=timezone, now=NOW)
    buckets = span.buckets()
    assert buckets == sorted(set(buckets))
    assert len(buckets) <= 368
    for moment in (
        starts_at,
        starts_at + length / 3,
        starts_at + length - timedelta(microseconds=1),
    ):
        day = wall(moment, timezone=timezone).date()
        piece = [bucket for bucket in buckets if bucket <= day][-1]
        assert piece == day or step == Step.MONTH
        assert (piece.year, piece.month) == (day.year, day.month)
