"""Our own CSV, described in docs/import.md: for everything that no other format fits."""

from parkplace.core.times import zone
from parkplace.spaces.hours import ALWAYS, Hours
from parkplace.spaces.importers.osm_hours import read_hours
from parkplace.spaces.importers.rows import (
    BadValue,
    Defaults,
    Feed,
    NotUnderstood,
    Row,
    UnreadableFile,
    each,
)
from parkplace.spaces.importers.tables import Cells, header, records
from parkplace.spaces.importers.values import TITLE_MOST, point, rate, required, whole, words
from parkplace.spaces.models import SpaceKind

REQUIRED = ("external_id", "title", "lat", "lng", "kind")
OPTIONAL = (
    "address",
    "description",
    "capacity",
    "hour_price",
    "day_cap",
    "currency",
    "opening_hours",
    "tags",
    "timezone",
)


class OwnCsv:
    """One space for each row."""

    name = "csv"
    label = "Park Place CSV"
    has_prices = True

    def recognises(self, head: str) -> bool:
        """Whether the header has the required columns."""
        return set(header(head)) >= set(REQUIRED)

    def read(self, text: str, *, defaults: Defaults) -> Feed:  # noqa: ARG002 - the interface's
        """Return a row for each line under the header.

        Raises:
            UnreadableFile: A column is unknown: a misspelt one would be lost in silence.
        """
        unknown = set(header(text)) - {*REQUIRED, *OPTIONAL}
        if unknown:
            raise UnreadableFile(
                f"The column {min(unknown)!r} is not known. "
                f"Columns are: {', '.join((*REQUIRED, *OPTIONAL))}."
            )
        return Feed(text.count("\n"), each(records(text), identify=_id, convert=_row))


def _id(cells: Cells) -> str:
    return required(cells.get("external_id"), name="external_id", most=60)


def _row(line: int, external_id: str, cells: Cells) -> Row:
    kind = required(cells.get("kind"), name="kind").lower()
    if kind not in set(SpaceKind):
        raise BadValue(f"kind is {kind[:40]!r}; it can be {', '.join(SpaceKind)}.")
    capacity = words(cells.get("capacity"), name="capacity")
    timezone = words(cells.get("timezone"), name="timezone")
    return Row(
        line=line,
        external_id=external_id,
        title=required(cells.get("title"), name="title", most=TITLE_MOST),
        description=words(cells.get("description"), name="description", most=4000),
        address=words(cells.get("address"), name="address"),
        point=point(cells.get("lat"), cells.get("lng")),
        kind=SpaceKind(kind),
        capacity=whole(capacity, name="capacity") if capacity else None,
        tags=_tags(words(cells.get("tags"), name="tags", most=500)),
        hours=_hours(words(cells.get("opening_hours"), name="opening_hours", most=500)),
        rate=rate(
            hour_price=cells.get("hour_price"),
            day_cap=cells.get("day_cap"),
            currency=cells.get("currency"),
        ),
        timezone=zone(timezone).key if timezone else None,
    )


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip().lower() for tag in text.split(";") if tag.strip()))


def _hours(text: str) -> Hours | None:
    if not text:
        return ALWAYS
    try:
        return read_hours(text)
    except NotUnderstood as error:
        raise BadValue(
            f"opening_hours is {text[:80]!r}. {error}. Write it like Mo-Fr 08:00-18:00 or 24/7."
        ) from error
