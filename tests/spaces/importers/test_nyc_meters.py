from parkplace.core.geo import Point
from parkplace.spaces.hours import describe
from parkplace.spaces.importers.nyc_meters import NycMeters
from parkplace.spaces.importers.rows import BadRow, Defaults, Item, Note, Row, SkippedRow
from parkplace.spaces.models import SpaceKind

HEADER = (
    "ObjectID,Meter Number,Status,Pay By Cell Number,Meter_Hours,Parking_Facility_Name,Facility,"
    "Borough,On_Street,Side_of_Street,From_Street,To_Street,Latitude,Longitude,X,Y,Location\n"
)
VANDERBILT = (
    "11352,3243003,Active,301223,2HR Pas  Mon-Thur 0900-1900 / Fri 0900-1600  \xa0,,On Street,"
    "Brookyln,Vanderbilt Avenue,W,Bergen Street,St. Marks Place,40.6792,-73.9683,1,2,POINT (1 2)\n"
)


def read(*lines: str) -> list[Item]:
    text = HEADER + "".join(lines)
    assert NycMeters().recognises(text)
    return list(NycMeters().read(text, defaults=Defaults()).items)


def only(line: str) -> Item:
    (item,) = read(line)
    return item


def test_a_meter_in_use_is_a_space_on_the_street() -> None:
    row = only(VANDERBILT)
    assert isinstance(row, Row)
    assert (row.line, row.external_id) == (2, "3243003")
    assert row.title == "Vanderbilt Avenue, meter 3243003"
    assert row.address == (
        "Vanderbilt Avenue (west side), between Bergen Street and St. Marks Place, Brooklyn, NY"
    )
    assert row.point == Point(lat=40.6792, lng=-73.9683)
    assert row.kind == SpaceKind.STREET
    assert describe(row.hours, locale="en_GB").startswith("Mon")
    assert not row.held_back


def test_the_longest_stay_is_kept_in_words() -> None:
    row = only(VANDERBILT)
    assert isinstance(row, Row)
    assert row.description == "Posted: 2HR Pas Mon-Thur 0900-1900 / Fri 0900-1600."


def test_the_file_knows_neither_bays_nor_prices() -> None:
    row = only(VANDERBILT)
    assert isinstance(row, Row)
    assert row.capacity is None
    assert row.rate is None


def test_a_meter_with_other_hours_waits_for_its_host() -> None:
    row = only(VANDERBILT.replace("2HR Pas  Mon-Thur", "Summer only: 2HR Pas Mon-Thur"))
    assert isinstance(row, Row)
    assert row.notes == (Note("The hours text is not understood"),)
    assert row.held_back
    assert not row.hours_known
    assert "Summer only" in row.description


def test_meters_out_of_use_are_skipped_with_their_reason() -> None:
    for status, reason in (
        ("Retired", "The meter is retired"),
        ("Inactive", "The meter is inactive"),
        ("Planned", "The meter is only planned"),
        ("", "The meter has no status"),
        ("Melted", "The meter's status is not known to this reader"),
    ):
        line = VANDERBILT.replace(",Active,", f",{status},")
        assert only(line) == SkippedRow(2, "3243003", reason)


def test_a_meter_for_lorries_is_skipped() -> None:
    item = only(VANDERBILT.replace("2HR Pas", "3HR Com"))
    assert isinstance(item, SkippedRow)
    assert "commercial" in item.reason


def test_a_parking_field_is_a_lot_with_its_own_name() -> None:
    row = only(VANDERBILT.replace(",,On Street,", ",Gowanus Parking Field,Off Street,"))
    assert isinstance(row, Row)
    assert row.kind == SpaceKind.LOT
    assert row.title == "Gowanus Parking Field, meter 3243003"


def test_a_meter_without_a_street_is_called_by_its_number() -> None:
    gone = VANDERBILT.replace("Vanderbilt Avenue,W,Bergen Street,St. Marks Place", ",,,")
    row = only(gone)
    assert isinstance(row, Row)
    assert row.title == "Meter 3243003"
    assert row.address == "Brooklyn, NY"


def test_bad_rows_do_not_stop_the_rest() -> None:
    found = read(
        VANDERBILT.replace("3243003", ""),
        VANDERBILT.replace("40.6792", "north"),
        VANDERBILT.replace("40.6792", "91"),
        VANDERBILT.replace("Vanderbilt", "Vander\x00bilt"),
        "1,2,3\n",
        VANDERBILT,
    )
    assert [item.line for item in found] == [2, 3, 4, 5, 6, 7]
    assert found[0] == BadRow(2, None, "The meter number is missing.")
    reasons = [item.reason for item in found if isinstance(item, BadRow)]
    assert len(reasons) == 5
    assert "'north', which is not a number" in reasons[1]
    assert "Latitude" in reasons[2]
    assert "NUL" in reasons[3]
    assert "3 cells under 17 columns" in reasons[4]
    assert isinstance(found[5], Row)


def test_another_table_is_not_recognised() -> None:
    assert not NycMeters().recognises("external_id,title,lat,lng,kind\n")
