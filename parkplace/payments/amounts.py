"""Amounts as Stripe counts them: mostly, but not always, the minor units of everybody else.

Source: https://docs.stripe.com/currencies.
"""

from decimal import ROUND_FLOOR, Decimal

from babel.numbers import get_currency_precision

from parkplace.core.errors import Invalid
from parkplace.core.money import Money


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


ZERO_DECIMAL = _codes("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF")
THREE_DECIMAL = _codes("BHD JOD KWD OMR TND")
# The least Stripe charges, in its own units; where it names none, it takes the worth of 0.50 USD.
_LEAST = {
    **dict.fromkeys(_codes("AUD BRL CAD CHF EUR INR JPY NZD SGD USD"), 50),
    **dict.fromkeys(_codes("AED MYR PLN RON"), 200),
    **dict.fromkeys(_codes("NOK SEK"), 300),
    **dict.fromkeys(_codes("MXN THB"), 1000),
    "BGN": 100,
    "CZK": 1500,
    "DKK": 250,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
}


class NotChargeable(Invalid):
    """Raised for an amount that Stripe cannot move, such as 1.234 KWD."""

    code = "amount_not_chargeable"


def _places(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def to_stripe(amount: Money) -> int:
    """Return an amount as Stripe counts it.

    Raises:
        NotChargeable: It is not positive, or finer than Stripe can move: three-decimal currencies
            end in 0.
    """
    counted = amount.major.scaleb(_places(amount.currency))
    step = 10 if amount.currency in THREE_DECIMAL else 1
    if counted <= 0 or counted % step:
        raise NotChargeable(f"{amount.text()} cannot be moved by card. Choose another amount.")
    return int(counted)


def from_stripe(amount: int, currency: str) -> Money:
    """Return Stripe's amount as ours; fractions that we do not count (of fees) are left out."""
    code = currency.upper()
    minor = Decimal(amount).scaleb(get_currency_precision(code) - _places(code))
    return Money(int(minor.to_integral_value(ROUND_FLOOR)), code)


def smallest_charge(currency: str) -> Money:
    """Return the least Stripe charges in a currency; one minor unit where it publishes none."""
    least = _LEAST.get(currency)
    return Money(1, currency) if least is None else from_stripe(least, currency)
