from collections import Counter

import pytest

from parkplace.spaces.hours import ALWAYS, describe
from parkplace.spaces.importers.nyc_hours import NotForCars, read_hours
from parkplace.spaces.importers.rows import NotUnderstood
from parkplace.spaces.importers.tables import records
from tests.spaces.importers.real import real


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2 HR Pas Mon-Sat 0900-1900", "Mon-Sat 09:00-19:00"),
        ("2HR Pas Mon-Sat 0830-1900", "Mon-Sat 08:30-19:00"),
        ("15HR PasMon-Sat 0700-2200", "Mon-Sat 07:00-22:00"),
        ("2 HR Pas Sat 0900-1900", "Sat 09:00-19:00"),
        ("5HR Pas Mon-Sat 1900-2400", "Mon-Sat 19:00-24:00"),
        ("18HR Pas Mon-Sat 0000-2400", "Mon-Sat all day"),
        # days after the times
        (
            "2 HR Pas 0800-1900 Mon-Thur/4Hr Pas 0830-1900 Fri",
            "Mon-Thu 08:00-19:00; Fri 08:30-19:00",
        ),
        # a clause goes on with the vehicles of the one before; a non-breaking space at the end
        (
            "2HR Pas  Mon-Thur 0900-1900 / Fri 0900-1600 / Sat 0900-1100 \xa0",
            "Mon-Thu 09:00-19:00; Fri 09:00-16:00; Sat 09:00-11:00",
        ),
        # commercial hours are no hours for cars
        (
            "3HR Com Mon-Fri 0700-1800 /6HR Pas Mon-Fri 1800-2400 /6HR Pas Sat 0800-2400",
            "Mon-Fri 18:00-24:00; Sat 08:00-24:00",
        ),
        (
            "3HR Com Mon-Fri 0700-1900, 2HR Pas Mon-Fri 1900-2200, 2HR Pas Sat 0800-2200",
            "Mon-Fri 19:00-22:00; Sat 08:00-22:00",
        ),
        # lists of days and of times
        ("2HR Pas Tue, Wed, Fri, Sat 0900-2400", "Tue-Wed, Fri-Sat 09:00-24:00"),
        (
            "2HR Pas Mon, Wed-Sat 0900-1900 /2HR Pas Tue 0900-0930, 1100-1900",
            "Mon, Wed-Sat 09:00-19:00; Tue 09:00-09:30, 11:00-19:00",
        ),
        # three-digit times, past midnight, parted by nothing
        (
            "4Hr Pas 800-2200 Mon-Thur  10Hr Pas 2200-400 Mon-Thur",
            "Mon-Thu 08:00-04:00",
        ),
    ],
)
def test_hours_that_are_understood(text: str, meaning: str) -> None:
    said = describe(read_hours(text), locale="en_GB")
    assert said.replace("\N{EN DASH}", "-") == meaning


def test_every_hour_of_every_day_is_always() -> None:
    assert read_hours("24HR Pas Mon-Sun 0000-2400") is ALWAYS


@pytest.mark.parametrize(
    "text",
    [
        "3HR Com Mon-Sat 0700-1900",
        "3HR Buses Mon-Fri 1000-1600 / Sat 0700-1900",
        "30Min Com Mon-Sat 0600-2200",
    ],
)
def test_meters_without_hours_for_cars(text: str) -> None:
    with pytest.raises(NotForCars):
        read_hours(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no hours text"),
        ("Rate NOT Available - Please request a NEW PERSO", "not understood"),
        (
            "2 HR Pas Mon-Sat 0800-1900 Jan-May, Sept-Dec /2 HR Pas Mon-Sat 0800-2400 June-Aug",
            "season",
        ),
        ("11 HR Mon-Sat 0700-1800", "for which vehicles"),
        ("2 HR Pas Mon-Thurs 1600-1900 / 3HR Fri 1600-1900", "for which vehicles"),
        ("Mon-Sat 0700-1800", "for which vehicles"),
        ("2HR Com Mon-Fri 900-1600 / 2HR Pas 900-1600", "not understood"),
        ("2 HR Pas Mon-Sat 0900-0900", "not understood"),
        ("2 HR Pas Mon-Sat 0900-2500", "not understood"),
        ("2 HR Pas Mon-Sat 0960-1900", "not understood"),
        ("2 HR Pas Mon-Sat 2400-0600", "not understood"),
        ("2 HR Pas Mon-Sat 0900-1900 except holidays", "not understood"),
        ("2 HR Pas Mon-Fri 0900-1900 / 3HR Com Fri 1800-2000", "to cars and to commercial"),
    ],
)
def test_hours_that_are_not_understood_are_not_guessed(text: str, reason: str) -> None:
    with pytest.raises(NotUnderstood, match=reason):
        read_hours(text)


def test_of_the_real_texts_all_but_a_few_are_understood() -> None:
    file = real("nyc_parking_meters.csv").read_text(encoding="utf-8")
    texts = {cells.get("meter_hours") or "" for _, cells in records(file)}
    became: Counter[str] = Counter()
    for text in texts:
        try:
            read_hours(text)
            became["understood"] += 1
        except NotForCars:
            became["not for cars"] += 1
        except NotUnderstood as error:
            became[str(error)] += 1
    assert became == {
        "understood": 308,
        "not for cars": 66,
        "The hours change with the season": 5,
        "The hours do not say for which vehicles": 3,
        "The hours text is not understood": 2,
        "There is no hours text": 1,
    }
