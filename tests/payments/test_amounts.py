import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.money import CURRENCIES, Money
from parkplace.payments.amounts import (
    THREE_DECIMAL,
    NotChargeable,
    from_stripe,
    smallest_charge,
    to_stripe,
)


@pytest.mark.parametrize(
    ("amount", "counted"),
    [
        (Money(563, "USD"), 563),
        (Money(500, "JPY"), 500),
        (Money(1230, "KWD"), 1230),
        (Money(5, "ISK"), 500),
        (Money(5, "UGX"), 500),
        (Money(90000, "HUF"), 90000),
        (Money(100, "RSD"), 10000),
    ],
)
def test_stripe_counts_some_currencies_its_own_way(amount: Money, counted: int) -> None:
    assert to_stripe(amount) == counted
    assert from_stripe(counted, amount.currency.lower()) == amount


@pytest.mark.parametrize("amount", [Money(1234, "KWD"), Money(0, "USD"), Money(-5, "EUR")])
def test_what_stripe_cannot_move_is_refused(amount: Money) -> None:
    with pytest.raises(NotChargeable):
        to_stripe(amount)


@given(minor=st.integers(1, 10**9), currency=st.sampled_from(sorted(CURRENCIES)))
def test_an_amount_comes_back_as_it_went(minor: int, currency: str) -> None:
    step = 10 if currency in THREE_DECIMAL else 1
    amount = Money(minor * step, currency)

    assert from_stripe(to_stripe(amount), currency.lower()) == amount


def test_fractions_that_we_do_not_count_are_left_out() -> None:
    assert from_stripe(10137, "rsd") == Money(101, "RSD")


def test_the_smallest_charge_is_in_our_units() -> None:
    assert smallest_charge("USD") == Money(50, "USD")
    assert smallest_charge("JPY") == Money(50, "JPY")
    assert smallest_charge("VND") == Money(1, "VND")
