"""Amounts of money: whole minor units and a currency, never a float."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from babel.core import Locale, get_global
from babel.numbers import format_currency, get_currency_precision

from parkplace.core.errors import Invalid


class UnknownCurrency(Invalid):
    """Raised for a currency that no country uses today, or that cannot be counted safely."""

    code = "unknown_currency"


class MixedCurrencies(ValueError):  # noqa: N818
    """Raised when amounts of two currencies meet; always a bug, never a person's mistake."""


def _current_currencies() -> frozenset[str]:
    used: set[str] = set()
    for entries in get_global("territory_currencies").values():
        # Each entry is (code, first day, last day or None, legal tender).
        used.update(code for code, _, until, tender in entries if until is None and tender)
    return frozenset(used)


def _counted_alike(code: str) -> bool:
    return get_currency_precision(code) == _DIGITS.get(code, 2)


# How Stripe counts minor units (docs.stripe.com/currencies, "Zero-decimal" and "Three-decimal").
_NONE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE = "BHD JOD KWD OMR TND"
_DIGITS: dict[str, int] = {
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}
# Where CLDR, by which prices are shown, counts another way (ISK, RSD, UGX and a dozen more), what
# is shown and what is charged would differ a hundredfold: such currencies are not taken.
CURRENCIES = frozenset(filter(_counted_alike, _current_currencies()))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, yen, fils) of one currency.

    Attributes:
        minor: Whole minor units; negative for what goes back.
        currency: ISO 4217 code in capitals, such as `USD`.
    """

    minor: int
    currency: str

    def __add__(self, other: Self) -> Self:
        """Add two amounts of the same currency."""
        return type(self)(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        """Subtract an amount of the same currency."""
        return type(self)(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Self:
        """Return the same amount the other way."""
        return type(self)(-self.minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        """Compare two amounts of the same currency."""
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        """Be false when there is nothing to move."""
        return self.minor != 0

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} meets {other.currency}")
        return other.minor

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def text(self, locale: str = "en_US") -> str:
        """Return the amount in words of the reader's locale, such as `$14.00` or `14,00 €`."""
        return format_currency(self.major, self.currency, locale=locale)

    def short(self, locale: str = "en_US") -> str:
        """Return the amount without cents when there are none, for pins: `$14`, `$10.50`."""
        if self.major == self.major.to_integral_value():
            pattern = Locale.parse(locale).currency_formats["standard"].pattern
            return format_currency(
                self.major,
                self.currency,
                format=pattern.replace(".00", ""),
                locale=locale,
                currency_digits=False,
            )
        return self.text(locale)


def zero(currency: str) -> Money:
    """Return no money, in a currency."""
    return Money(0, currency)


def total(amounts: Iterable[Money], *, currency: str) -> Money:
    """Add amounts up; an empty list is nothing in `currency`."""
    return sum(amounts, start=zero(currency))


def rounded_up(amount: Fraction, *, currency: str) -> int:
    """Return minor units that can be paid, any started one counted: how every price is rounded.

    Rounding up keeps prices honest under splitting: two halves of a stay never cost less than the
    whole, which rounding to the nearest would allow. Cards move currencies of three decimals in
    tens: https://docs.stripe.com/currencies#three-decimal
    """
    step = 10 if get_currency_precision(currency) > 2 else 1  # noqa: PLR2004
    return math.ceil(amount / step) * step


def require_currency(code: str) -> str:
    """Return `code` in capitals when it is a currency in use today.

    Raises:
        UnknownCurrency: It is not.
    """
    upper = code.strip().upper()
    if upper not in CURRENCIES:
        raise UnknownCurrency(
            f"{code!r} is not a currency in use. Give its three-letter code, such as USD.",
            field="currency",
        )
    return upper
