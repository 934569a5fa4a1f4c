from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.bookings.pricing import RateCard, price
from parkplace.core.money import total
from parkplace.core.times import Period, resolve

START = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
CARD = RateCard(hour_minor=400, day_cap_minor=2700, currency="USD")


def stay(minutes: float) -> Period:
    return Period(START, START + timedelta(minutes=minutes))


@st.composite
def cards(draw: st.DrawFn) -> RateCard:
    hour = draw(st.integers(0, 100_000))
    cap = draw(st.none() | st.integers(hour, hour * 30))
    return RateCard(hour, cap, draw(st.sampled_from(["USD", "JPY", "KWD"])))


lengths = st.integers(1, 30 * 24 * 60)


@pytest.mark.parametrize(
    ("minutes", "minor"),
    [
        (180, 1200),  # 3 h at $4
        (15, 100),
        (16, 200),  # a started quarter hour counts
        (0.5, 100),
        (7 * 60, 2700),  # $28, capped at $27
        (24 * 60, 2700),
        (26 * 60, 3500),  # a day and 2 h
        (5 * 24 * 60, 13500),  # five days at the day price
    ],
)
def test_a_stay_costs_what_the_card_says(minutes: float, minor: int) -> None:
    assert price(CARD, stay(minutes)).total.minor == minor


def test_a_cap_higher_than_a_day_of_hours_never_counts() -> None:
    card = RateCard(100, 3000, "USD")
    assert price(card, stay(25 * 60)).total.minor == 2500


def test_lines_say_what_is_charged() -> None:
    lines = price(CARD, stay(26 * 60 + 15)).lines
    assert [(line.text, line.amount.minor) for line in lines] == [
        ("24 h at the day price of $27.00", 2700),
        ("2 h 15 min at $4.00 an hour", 900),
    ]
    assert price(CARD, stay(8 * 60)).lines[0].text == "8 h, capped at the day price of $27.00"
    assert price(RateCard(0, None, "USD"), stay(60)).lines[0].text == "1 h, free"


@given(cards(), lengths)
def test_lines_sum_to_the_total(card: RateCard, minutes: int) -> None:
    cost = price(card, stay(minutes))
    assert total((line.amount for line in cost.lines), currency=card.currency) == cost.total


@given(cards(), lengths, lengths)
def test_longer_never_costs_less(card: RateCard, a: int, b: int) -> None:
    short, long = sorted((a, b))
    assert price(card, stay(short)).total.minor <= price(card, stay(long)).total.minor


@given(cards(), lengths, lengths)
def test_a_stay_never_costs_more_than_its_parts(card: RateCard, a: int, b: int) -> None:
    whole = price(card, stay(a + b)).total.minor
    assert whole <= price(card, stay(a)).total.minor + price(card, stay(b)).total.minor


@given(cards(), lengths)
def test_no_day_costs_more_than_its_cap(card: RateCard, minutes: int) -> None:
    if card.day_cap_minor is not None:
        days = -(-minutes // (24 * 60))
        assert price(card, stay(minutes)).total.minor <= days * card.day_cap_minor


@pytest.mark.parametrize(
    ("evening", "hours"),
    [
        (datetime(2026, 3, 7, 22, 0), 9),  # clocks go forward that night
        (datetime(2026, 10, 31, 22, 0), 11),  # and back
        (datetime(2026, 6, 1, 22, 0), 10),
    ],
)
def test_a_night_is_billed_for_the_hours_that_pass(evening: datetime, hours: int) -> None:
    morning = evening.replace(hour=8) + timedelta(days=1)
    night = Period(
        resolve(evening, timezone="America/New_York"),
        resolve(morning, timezone="America/New_York"),
    )
    assert night.duration == timedelta(hours=hours)
    assert price(RateCard(400, None, "USD"), night).total.minor == hours * 400
    assert night.starts_at.astimezone(ZoneInfo("America/New_York")).hour == 22
