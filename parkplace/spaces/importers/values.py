"""Single values of a file, cleaned of the dirt that real files carry."""

import re
import unicodedata
from decimal import Decimal

from babel.numbers import get_currency_precision

from parkplace.core.geo import Point
from parkplace.core.money import require_currency
from parkplace.spaces.importers.rows import BadValue, Rate

MOST_MINOR = 10**9
TITLE_MOST = 80
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")


def words(value: object, *, name: str, most: int = 200) -> str:
    """Return a value as one line of text; None is empty.

    Line breaks, non-breaking and repeated spaces become one space. Markup stays the text it is.

    Raises:
        BadValue: It is no text, holds control characters such as NUL, or is too long.
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadValue(f"{name} is not a text.")
    line = " ".join(str(value).split())
    # Cc are control characters, Cs halves of characters that UTF-8 cannot write.
    if not line.isprintable() and any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in line):
        raise BadValue(f"{name} contains characters that are no text, such as NUL.")
    if len(line) > most:
        raise BadValue(f"{name} is longer than {most} characters.")
    return line


def required(value: object, *, name: str, most: int = 200) -> str:
    """Return a value as `words` does, and refuse an empty one."""
    line = words(value, name=name, most=most)
    if not line:
        raise BadValue(f"{name} is missing.")
    return line


def title(value: object, *, name: str) -> str:
    """Return a name as a title, cut at the length a title may have; None is empty."""
    line = words(value, name=name, most=500)
    return line if len(line) <= TITLE_MOST else line[: TITLE_MOST - 1].rstrip() + "…"


def number(value: object, *, name: str) -> Decimal:
    """Return a decimal number such as `-73.9684` or `4.5`, exactly as written."""
    line = required(value, name=name)
    # Floats of JSON may come in the short form 1e-05.
    if isinstance(value, float):
        line = f"{Decimal(line):f}"
    if not _NUMBER.fullmatch(line):
        raise BadValue(f"{name} is {line[:40]!r}, which is not a number.")
    return Decimal(line)


def whole(value: object, *, name: str) -> int:
    """Return a whole number; `12.0` is one."""
    given = number(value, name=name)
    if given != given.to_integral_value():
        raise BadValue(f"{name} is {given}, which is not a whole number.")
    return int(given)


def point(lat: object, lng: object) -> Point:
    """Return a place from its two numbers.

    Raises:
        OutsideEarth: They are beyond ±90 and ±180.
    """
    return Point(
        lat=float(number(lat, name="The latitude")), lng=float(number(lng, name="The longitude"))
    )


def minor(value: object, *, currency: str, name: str) -> int:
    """Return an amount in major units, such as `4.50`, in whole minor units of a currency.

    Raises:
        BadValue: It is negative, absurdly large, or finer than the currency.
        UnknownCurrency: There is no such currency.
    """
    amount = number(value, name=name)
    units = amount.scaleb(get_currency_precision(require_currency(currency)))
    if not 0 <= units <= MOST_MINOR or units != int(units):
        raise BadValue(
            f"{name} is {amount}, which is not an amount of {currency}. "
            "Write it like 4.50, without a sign."
        )
    return int(units)


def rate(*, hour_price: object, day_cap: object, currency: object) -> Rate | None:
    """Return a price from what a cell or an operator says; None when nothing is said.

    Raises:
        BadValue: Only a part is said, or an amount is none.
        UnknownCurrency: There is no such currency.
    """
    price, cap = words(hour_price, name="The price per hour"), words(day_cap, name="The day cap")
    code = words(currency, name="The currency")
    if not price:
        if cap or code:
            raise BadValue("The price per hour is missing beside the day cap or the currency.")
        return None
    if not code:
        raise BadValue("The currency is missing beside the price per hour.")
    known = require_currency(code)
    return Rate(
        hour_minor=minor(price, currency=known, name="The price per hour"),
        day_cap_minor=minor(cap, currency=known, name="The day cap") if cap else None,
        currency=known,
    )
