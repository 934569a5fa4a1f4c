import pytest

from parkplace.core.geo import Point
from parkplace.spaces.hours import ALWAYS, Hours, Interval
from parkplace.spaces.importers.own_csv import OPTIONAL, REQUIRED, OwnCsv
from parkplace.spaces.importers.rows import BadRow, Defaults, Item, Rate, Row, UnreadableFile
from parkplace.spaces.models import SpaceKind


def read(text: str) -> list[Item]:
    assert OwnCsv().recognises(text)
    return list(OwnCsv().read(text, defaults=Defaults()).items)


def item(**cells: str) -> Item:
    values = {"external_id": "A1", "title": "Lot", "lat": "51.5", "lng": "-0.1", "kind": "lot"}
    values |= cells
    quoted = ",".join(f'"{value}"' for value in values.values())
    (found,) = read(f"{','.join(values)}\n{quoted}\n")
    return found


def row(**cells: str) -> Row:
    found = item(**cells)
    assert isinstance(found, Row), found
    return found


def test_a_row_needs_five_columns() -> None:
    found = row()
    assert (found.line, found.external_id, found.title) == (2, "A1", "Lot")
    assert found.point == Point(lat=51.5, lng=-0.1)
    assert found.kind == SpaceKind.LOT
    assert found.capacity is None
    assert found.rate is None
    assert found.hours is ALWAYS
    assert found.timezone is None


def test_a_row_may_say_everything() -> None:
    found = row(
        address="12 St Marks Place, New York",
        description="Behind the <b>church</b>",
        capacity="12",
        hour_price="4.50",
        day_cap="27",
        currency="usd",
        opening_hours="Mo-Sa 09:00-19:00",
        tags="Covered; EV charging;covered",
        timezone="Europe/London",
        kind="Garage",
    )
    assert found.address == "12 St Marks Place, New York"
    assert found.description == "Behind the <b>church</b>"
    assert found.capacity == 12
    assert found.rate == Rate(450, 2700, "USD")
    assert found.hours == Hours(tuple(Interval(day, 540, 1140) for day in range(6)))
    assert found.tags == ("covered", "ev charging")
    assert found.timezone == "Europe/London"
    assert found.kind == SpaceKind.GARAGE


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"external_id": ""}, "external_id is missing"),
        ({"title": " "}, "title is missing"),
        ({"title": "x" * 81}, "title is longer than 80"),
        ({"lat": "91"}, "Latitude lies between"),
        ({"lng": "east"}, "not a number"),
        ({"kind": "boat"}, "kind is 'boat'; it can be street, lot, garage, driveway"),
        ({"capacity": "few"}, "not a number"),
        ({"hour_price": "4.50"}, "The currency is missing"),
        ({"day_cap": "20", "currency": "USD"}, "The price per hour is missing"),
        ({"hour_price": "-1", "currency": "USD"}, "not an amount of USD"),
        ({"hour_price": "1", "currency": "XXX"}, "not a currency in use"),
        ({"opening_hours": "nine to five"}, "Write it like Mo-Fr 08:00-18:00"),
        ({"timezone": "Mars/Base"}, "not a time zone"),
        ({"description": "a\x00b"}, "NUL"),
    ],
)
def test_bad_rows_say_what_is_wrong(cells: dict[str, str], reason: str) -> None:
    found = item(**cells)
    assert isinstance(found, BadRow)
    assert reason in found.reason


def test_a_misspelt_column_is_refused_before_anything_is_read() -> None:
    text = "external_id,title,lat,lng,kind,opening_hour\n"
    with pytest.raises(UnreadableFile, match="'opening_hour' is not known"):
        read(text)


def test_every_column_may_stand_in_any_order() -> None:
    columns = [*OPTIONAL, *REQUIRED]
    cells = {"external_id": "A1", "title": "Lot", "lat": "1", "lng": "2", "kind": "lot"}
    line = ",".join(cells.get(column, "") for column in columns)
    (found,) = read(f"{','.join(column.upper() for column in columns)}\n{line}\n")
    assert isinstance(found, Row)
