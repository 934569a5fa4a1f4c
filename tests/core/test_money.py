from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.money import (
    CURRENCIES,
    MixedCurrencies,
    Money,
    UnknownCurrency,
    require_currency,
    rounded_up,
    total,
    zero,
)

AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)
NO_BREAK = "\N{NO-BREAK SPACE}"


@given(st.lists(AMOUNTS))
def test_a_total_is_the_sum_of_its_amounts(minors: list[int]) -> None:
    amounts = [Money(minor, "USD") for minor in minors]
    assert total(amounts, currency="USD") == Money(sum(minors), "USD")


@given(AMOUNTS, AMOUNTS)
def test_adding_and_taking_away_undo_each_other(a: int, b: int) -> None:
    left, right = Money(a, "EUR"), Money(b, "EUR")
    assert left + right - right == left
    assert left - right == -(right - left)
    assert (left < right) == (a < b)


@given(AMOUNTS, st.sampled_from(sorted(CURRENCIES)))
def test_major_units_are_exact_in_every_currency(minor: int, currency: str) -> None:
    digits = get_currency_precision(currency)
    assert Money(minor, currency).major * 10**digits == minor


@pytest.mark.parametrize(("currency", "step"), [("USD", 1), ("JPY", 1), ("KWD", 10)])
@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=400))
def test_two_halves_never_cost_less_than_the_whole(
    currency: str, step: int, hour: int, steps: int
) -> None:
    half = steps // 2
    whole, first, second = (
        rounded_up(Fraction(hour * part, 4), currency=currency)
        for part in (steps, half, steps - half)
    )
    assert whole <= first + second <= whole + step


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        (Fraction(100), "USD", 100),
        (Fraction(401, 4), "USD", 101),
        (Fraction(1, 1000), "JPY", 1),
        (Fraction(0), "KWD", 0),
        (Fraction(1001), "KWD", 1010),
        (Fraction(1010), "KWD", 1010),
    ],
)
def test_a_price_is_rounded_up_to_what_can_be_paid(
    amount: Fraction, currency: str, minor: int
) -> None:
    assert rounded_up(amount, currency=currency) == minor


def test_currencies_never_mix() -> None:
    dollars, euros = Money(100, "USD"), Money(100, "EUR")
    with pytest.raises(MixedCurrencies, match="USD meets EUR"):
        _ = dollars + euros
    with pytest.raises(MixedCurrencies):
        _ = dollars - euros
    with pytest.raises(MixedCurrencies):
        _ = dollars < euros
    with pytest.raises(MixedCurrencies):
        total([dollars, euros], currency="USD")


def test_an_empty_total_is_nothing_in_its_currency() -> None:
    assert total([], currency="JPY") == zero("JPY")
    assert not zero("JPY")
    assert Money(-1, "JPY")


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "words"),
    [
        (1400, "USD", "en_US", "$14.00"),
        (1400, "EUR", "de_DE", f"14,00{NO_BREAK}€"),
        (-563, "USD", "en_US", "-$5.63"),
        (1400, "JPY", "en_US", "¥1,400"),
        (1234567, "KWD", "en_US", "KWD1,234.567"),
    ],
)
def test_an_amount_reads_as_the_reader_writes_it(
    minor: int, currency: str, locale: str, words: str
) -> None:
    assert Money(minor, currency).text(locale) == words


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "words"),
    [
        (1400, "USD", "en_US", "$14"),
        (1050, "USD", "en_US", "$10.50"),
        (123400, "USD", "en_US", "$1,234"),
        (1400, "EUR", "de_DE", f"14{NO_BREAK}€"),
        (1050, "EUR", "de_DE", f"10,50{NO_BREAK}€"),
        (1400, "JPY", "en_US", "¥1,400"),
        (0, "USD", "en_US", "$0"),
    ],
)
def test_a_pin_leaves_out_cents_that_are_not_there(
    minor: int, currency: str, locale: str, words: str
) -> None:
    assert Money(minor, currency).short(locale) == words


def test_a_currency_is_known_however_it_is_typed() -> None:
    assert require_currency(" usd ") == "USD"
    assert require_currency("EUR") == "EUR"


@pytest.mark.parametrize("code", ["XXX", "", "DEM", "US", "USD\0", "<b>", "BITCOIN"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency) as refused:
        require_currency(code)
    assert refused.value.code == "unknown_currency"
    assert refused.value.field == "currency"


@pytest.mark.parametrize("code", ["ISK", "RSD", "UGX"])
def test_a_currency_shown_without_cents_but_charged_in_them_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        require_currency(code)


def test_the_currencies_of_our_cities_are_taken() -> None:
    assert {"USD", "EUR", "GBP", "CHF", "JPY", "INR", "AUD", "WST", "KWD", "HUF"} <= CURRENCIES
