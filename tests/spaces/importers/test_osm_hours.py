import pytest

from parkplace.spaces.hours import ALWAYS, describe
from parkplace.spaces.importers.osm_hours import read_hours
from parkplace.spaces.importers.rows import NotUnderstood


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Mo-Fr 05:00-23:00", "Mon-Fri 05:00-23:00"),
        ("mo-fr 5:00 - 23:00", "Mon-Fri 05:00-23:00"),
        ("Mo-Fr 08:00-12:00,13:00-17:00", "Mon-Fri 08:00-12:00, 13:00-17:00"),
        ("Mo,We,Fr 08:00-18:00; Sa 09:00-12:00", "Mon, Wed, Fri 08:00-18:00; Sat 09:00-12:00"),
        ("Mo-Fr 08:00-18:00, Sa 09:00-12:00", "Mon-Fri 08:00-18:00; Sat 09:00-12:00"),
        ("Mo-Sa", "Mon-Sat all day"),
        ("08:00-20:00", "Mon-Sun 08:00-20:00"),
        ("Mo-Su 08:00-18:00; We off", "Mon-Tue, Thu-Sun 08:00-18:00"),
        ("Mo-Su 08:00-18:00; Sa-Su 10:00-14:00;", "Mon-Fri 08:00-18:00; Sat-Sun 10:00-14:00"),
        ("Fr-Mo 10:00-12:00", "Mon, Fri-Sun 10:00-12:00"),
        ("Fr 22:00-06:00", "Fri 22:00-06:00"),
        ("Fr 18:00-26:00", "Fri 18:00-02:00"),
        ("Mo-Th 18:00-02:00; Fr 18:00-04:00", "Mon-Thu 18:00-02:00; Fri 18:00-04:00"),
    ],
)
def test_the_common_weekly_forms(text: str, meaning: str) -> None:
    said = describe(read_hours(text), locale="en_GB")
    assert said.replace("\N{EN DASH}", "-") == meaning


@pytest.mark.parametrize("text", ["24/7", "Mo-Su 00:00-24:00", "00:00-24:00"])
def test_always(text: str) -> None:
    assert read_hours(text) is ALWAYS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Mo-Fr 08:00-18:00; PH off", "holidays"),
        ("sunrise-sunset", "not understood"),
        ("Mo-Fr 08:00+", "not understood"),
        ("Jan-Mar Mo-Fr 08:00-18:00", "not understood"),
        ("week 1-20 Mo 08:00-10:00", "not understood"),
        ('Mo-Fr 08:00-18:00 "by appointment"', "not understood"),
        ("Mo-Fr 08:00-18:00 || Sa 10:00-12:00", "not understood"),
        ("24/7; Mo off", "not understood"),
        ("Mo[1] 08:00-18:00", "not understood"),
        ("Mon-Fri 08:00-18:00", "not understood"),
        ("Mo-Fr 0800-1800", "not understood"),
        ("Mo-Fr 08:00-08:00", "not understood"),
        ("Mo-Fr 08:75-18:00", "not understood"),
        ("Mo-Fr 18:00-50:00", "not understood"),
        ("Mo-Fr 25:00-26:00", "not understood"),
        ("Mo-Fr 08:00-18:00;; Sa 09:00-12:00", "not understood"),
        ("", "not understood"),
        ("off", "never open"),
        ("Mo-Fr 08:00-18:00, We off", "open and close the same day"),
        ("Fr 22:00-06:00; Sa off", "into which the day before reaches"),
    ],
)
def test_the_rest_is_not_guessed(text: str, reason: str) -> None:
    with pytest.raises(NotUnderstood, match=reason):
        read_hours(text)
