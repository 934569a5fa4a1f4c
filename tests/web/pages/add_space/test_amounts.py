import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.money import CURRENCIES, Money
from parkplace.web.pages.add_space.amounts import OPTIONS, BadAmount, currency_of, minor


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("4.50", "USD", 450),
        ("4,5", "EUR", 450),
        (" 4 ", "USD", 400),
        ("0", "USD", 0),
        ("450", "JPY", 450),
        ("1.250", "KWD", 1250),
    ],
)
def test_prices_are_read_as_people_type_them(typed: str, currency: str, amount: int) -> None:
    assert minor(typed, currency=currency, field="hour") == amount


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("", "USD"),
        ("-1", "USD"),
        ("$4", "USD"),
        ("4.505", "USD"),
        ("1,000", "USD"),
        ("4.5", "JPY"),
        ("1e3", "USD"),
        ("٤", "USD"),
        ("99999999999", "USD"),
        ("4.", "USD"),
    ],
)
def test_what_is_no_price_is_refused_at_its_field(typed: str, currency: str) -> None:
    with pytest.raises(BadAmount) as refused:
        minor(typed, currency=currency, field="hour")
    assert refused.value.field == "hour"


@given(amount=st.integers(0, 10**9), currency=st.sampled_from(sorted(CURRENCIES)))
def test_an_amount_written_out_is_read_back(amount: int, currency: str) -> None:
    written = str(Money(amount, currency).major)
    assert minor(written, currency=currency, field="hour") == amount


@pytest.mark.parametrize(
    ("country", "currency"),
    [("US", "USD"), ("DE", "EUR"), ("IN", "INR"), ("", "USD"), ("??", "USD")],
)
def test_a_country_has_a_currency(country: str, currency: str) -> None:
    assert currency_of(country) == currency


def test_every_currency_can_be_chosen() -> None:
    assert {code for code, _ in OPTIONS} == CURRENCIES
