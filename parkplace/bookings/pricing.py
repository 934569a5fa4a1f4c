"""What a stay costs: a pure function of a rate card and a period.

An hour's price is charged by started quarter hour; a day cap, where the host sets one, limits what
each 24 hours from the start can cost. Hours are those that really pass, so a stay over a clock
change is billed for what it was.
"""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from parkplace.core.money import Money, rounded_up, total
from parkplace.core.times import STEP, Period

DAY_STEPS = timedelta(hours=24) // STEP
HOUR_STEPS = timedelta(hours=1) // STEP


@dataclass(frozen=True, slots=True)
class RateCard:
    """What a space charges.

    Attributes:
        hour_minor: Price of an hour, in minor units.
        day_cap_minor: The most that 24 hours cost, or None.
        currency: ISO 4217 code.
    """

    hour_minor: int
    day_cap_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a price: what for, in words, and how much."""

    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Price:
    """A price and the lines that add up to it."""

    lines: tuple[Line, ...]
    total: Money


def price(card: RateCard, period: Period) -> Price:
    """Return what a period costs on a rate card, with lines whose sum is the total."""
    return _price(card, -(-period.duration // STEP))


@lru_cache(maxsize=8192)
def _price(card: RateCard, steps: int) -> Price:
    days, rest = divmod(steps, DAY_STEPS)
    lines: list[Line] = []
    if card.day_cap_minor is not None and days and _of(card, DAY_STEPS) > card.day_cap_minor:
        cap = Money(card.day_cap_minor, card.currency)
        lines.append(
            Line(f"{_hours(days * DAY_STEPS)} at the day price of {cap.text()}", _times(cap, days))
        )
        if rest:
            lines.append(_line(card, rest))
    else:
        lines.append(_line(card, steps))
    return Price(tuple(lines), total((line.amount for line in lines), currency=card.currency))


def _line(card: RateCard, steps: int) -> Line:
    amount = _of(card, steps)
    hour = Money(card.hour_minor, card.currency)
    if card.day_cap_minor is not None and amount > card.day_cap_minor and steps < DAY_STEPS:
        cap = Money(card.day_cap_minor, card.currency)
        return Line(f"{_hours(steps)}, capped at the day price of {cap.text()}", cap)
    if not hour:
        return Line(f"{_hours(steps)}, free", hour)
    return Line(f"{_hours(steps)} at {hour.text()} an hour", Money(amount, card.currency))


def _of(card: RateCard, steps: int) -> int:
    return rounded_up(Fraction(card.hour_minor * steps, HOUR_STEPS), currency=card.currency)


def _times(amount: Money, count: int) -> Money:
    return Money(amount.minor * count, amount.currency)


def _hours(steps: int) -> str:
    hours, quarters = divmod(steps, HOUR_STEPS)
    minutes = quarters * int(STEP.total_seconds() // 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)
