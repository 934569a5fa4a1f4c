from decimal import Decimal

import pytest

from parkplace.core.geo import OutsideEarth, Point
from parkplace.core.money import UnknownCurrency
from parkplace.spaces import drafts
from parkplace.spaces.importers.rows import BadValue
from parkplace.spaces.importers.values import (
    MOST_MINOR,
    TITLE_MOST,
    minor,
    number,
    point,
    required,
    whole,
    words,
)


def test_what_may_be_imported_may_be_edited() -> None:
    assert (TITLE_MOST, MOST_MINOR) == (drafts.TITLE_MOST, drafts.PRICE_MOST)


def test_dirt_between_words_becomes_one_space() -> None:
    assert words("  2HR\xa0Pas \r\n Mon-Sat \t", name="hours") == "2HR Pas Mon-Sat"


def test_markup_stays_text() -> None:
    assert words("<b>Lot</b> & co", name="title") == "<b>Lot</b> & co"


def test_nothing_is_empty_and_numbers_are_text() -> None:
    assert words(None, name="title") == ""
    assert words(42, name="title") == "42"


@pytest.mark.parametrize("dirty", ["a\x00b", "bell\x07", "half \ud83d of a pair"])
def test_characters_that_are_no_text_are_refused(dirty: str) -> None:
    with pytest.raises(BadValue, match="no text, such as NUL"):
        words(dirty, name="The title")


def test_signs_of_other_scripts_are_text() -> None:
    assert words("Zürich\u00ad-Örlikon 🅿 پارکینگ\u200c", name="title").startswith("Zürich")


@pytest.mark.parametrize("value", [["a"], {"a": 1}, True])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(BadValue, match="not a text"):
        words(value, name="The title")


def test_long_texts_are_refused() -> None:
    with pytest.raises(BadValue, match="longer than 10"):
        words("x" * 11, name="The title", most=10)


def test_a_missing_text_is_named() -> None:
    with pytest.raises(BadValue, match="The title is missing"):
        required(" ", name="The title")


@pytest.mark.parametrize(
    ("given", "meant"), [("-73.96", "-73.96"), (4, "4"), ("  7 ", "7"), (1e-5, "0.00001")]
)
def test_numbers(given: object, meant: str) -> None:
    assert number(given, name="n") == Decimal(meant)


@pytest.mark.parametrize(
    "given", ["", None, "1,5", "1e5", "NaN", "Infinity", float("nan"), "٣", "1_0"]
)
def test_what_is_no_number_is_refused(given: object) -> None:
    with pytest.raises(BadValue):
        number(given, name="n")


def test_whole_numbers() -> None:
    assert whole("12", name="n") == whole(12.0, name="n") == 12
    with pytest.raises(BadValue, match="not a whole number"):
        whole("1.5", name="n")


def test_a_point_lies_on_earth() -> None:
    assert point("40.5", "-73.9") == Point(lat=40.5, lng=-73.9)
    with pytest.raises(OutsideEarth):
        point("91", "0")


@pytest.mark.parametrize(
    ("given", "currency", "units"),
    [
        ("4.50", "USD", 450),
        ("0", "USD", 0),
        ("3", "EUR", 300),
        ("500", "JPY", 500),
        (2.5, "CHF", 250),
    ],
)
def test_amounts_become_minor_units(given: object, currency: str, units: int) -> None:
    assert minor(given, currency=currency, name="hour_price") == units


@pytest.mark.parametrize("given", ["-1", "4.505", "99999999999"])
def test_what_is_no_amount_is_refused(given: str) -> None:
    with pytest.raises(BadValue, match="not an amount of USD"):
        minor(given, currency="USD", name="hour_price")


@pytest.mark.parametrize("given", ["1.5e3000", "NaN", "free", "4,50", "$4.50", "1_000"])
def test_what_is_no_number_is_no_amount(given: str) -> None:
    with pytest.raises(BadValue, match="not a number"):
        minor(given, currency="USD", name="hour_price")


def test_half_a_yen_is_refused() -> None:
    with pytest.raises(BadValue):
        minor("0.5", currency="JPY", name="hour_price")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        minor("1", currency="XXX", name="hour_price")
