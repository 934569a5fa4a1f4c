"""Prices as hosts type them, and the currencies they type them in."""

import re
from decimal import Decimal

from babel.numbers import get_currency_name, get_currency_precision, get_territory_currencies

from parkplace.core.errors import Invalid
from parkplace.core.money import CURRENCIES

USUAL = "USD"
_AMOUNT = re.compile(r"([0-9]{1,10})(?:[.,]([0-9]{1,3}))?")
# Prerendered, so in the words of the pages and not of the reader.
OPTIONS = [
    (code, f"{code}, {get_currency_name(code, locale='en_US')}") for code in sorted(CURRENCIES)
]


class BadAmount(Invalid):
    """Raised for a price that is no amount of money."""

    code = "bad_amount"


def minor(typed: str, *, currency: str, field: str) -> int:
    """Return an amount typed in major units, such as `4.50` or `4,50`, in minor ones.

    Raises:
        BadAmount: It is no amount, or has more decimals than the currency.
    """
    digits = get_currency_precision(currency)
    example = "450" if digits == 0 else "4.50"
    match = _AMOUNT.fullmatch(typed.strip())
    if match is None or len(match[2] or "") > digits:
        raise BadAmount(f"Give the price as a number, such as {example}.", field=field)
    return int(Decimal(f"{match[1]}.{match[2] or 0}").scaleb(digits))


def currency_of(country: str) -> str:
    """Return what people in a country (ISO 3166-1) pay with; dollars where nothing is known."""
    paid = get_territory_currencies(country) if country else []
    return next((code for code in paid if code in CURRENCIES), USUAL)
