"""New York's street meters: "Parking Meters Locations and Status" of NYC Open Data (693u-uax6)."""

from parkplace.spaces.hours import ALWAYS, Hours
from parkplace.spaces.importers.nyc_hours import NotForCars, read_hours
from parkplace.spaces.importers.rows import (
    Defaults,
    Feed,
    Note,
    NotUnderstood,
    Row,
    SkippedRow,
    each,
)
from parkplace.spaces.importers.tables import Cells, header, records
from parkplace.spaces.importers.values import point, required, words
from parkplace.spaces.models import SpaceKind

_COLUMNS = {"meter number", "status", "meter_hours", "borough", "on_street"}
_SIDES = {"n": "north", "e": "east", "s": "south", "w": "west"}
_MISSPELT = {"brookyln": "Brooklyn"}
_NOT_IN_USE = {
    "retired": "The meter is retired",
    "inactive": "The meter is inactive",
    "planned": "The meter is only planned",
    "": "The meter has no status",
}


class NycMeters:
    """One space for each meter; the file does not say how many bays a meter serves."""

    name = "nyc_meters"
    label = "New York meters"
    has_prices = False

    def recognises(self, head: str) -> bool:
        """Whether the header has the columns of this data set."""
        return set(header(head)) >= _COLUMNS

    def read(self, text: str, *, defaults: Defaults) -> Feed:  # noqa: ARG002 - the interface's
        """Return a row for each meter in use."""
        return Feed(text.count("\n"), each(records(text), identify=_number, convert=_row))


def _number(cells: Cells) -> str:
    return required(cells.get("meter number"), name="The meter number", most=10)


def _row(line: int, external_id: str, cells: Cells) -> Row | SkippedRow:
    status = words(cells.get("status"), name="The status").lower()
    if status != "active":
        reason = _NOT_IN_USE.get(status, "The meter's status is not known to this reader")
        return SkippedRow(line, external_id, reason)
    posted = words(cells.get("meter_hours"), name="The hours", most=500)
    hours: Hours | None = ALWAYS
    known, notes = True, ()
    try:
        hours = read_hours(posted)
    except NotForCars:
        return SkippedRow(line, external_id, "The meter is for commercial vehicles or buses only")
    except NotUnderstood as error:
        known, notes = False, (Note(str(error)),)
    off_street = words(cells.get("facility"), name="The facility").lower() == "off street"
    return Row(
        line=line,
        external_id=external_id,
        title=_title(external_id, cells),
        description=f"Posted: {posted}." if posted else "",
        address=_address(cells),
        point=point(cells.get("latitude"), cells.get("longitude")),
        kind=SpaceKind.LOT if off_street else SpaceKind.STREET,
        hours=hours,
        hours_known=known,
        notes=notes,
    )


def _title(number: str, cells: Cells) -> str:
    field = words(cells.get("parking_facility_name"), name="The facility's name", most=60)
    street = words(cells.get("on_street"), name="The street", most=60)
    return f"{field or street}, meter {number}" if field or street else f"Meter {number}"


def _address(cells: Cells) -> str:
    street = words(cells.get("on_street"), name="The street", most=80)
    start = words(cells.get("from_street"), name="The cross street", most=80)
    end = words(cells.get("to_street"), name="The cross street", most=80)
    side = _SIDES.get(words(cells.get("side_of_street"), name="The side").lower())
    borough = words(cells.get("borough"), name="The borough", most=80)
    borough = _MISSPELT.get(borough.lower(), borough.title())
    parts = [
        f"{street} ({side} side)" if street and side else street,
        f"between {start} and {end}" if start and end else "",
        f"{borough}, NY" if borough else "New York, NY",
    ]
    return ", ".join(part for part in parts if part)
