"""What an importer makes of a file: rows to store, rows to skip, and rows that are wrong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.spaces.hours import ALWAYS, Hours
from parkplace.spaces.models import SpaceKind

Record = TypeVar("Record")


class UnreadableFile(Invalid):
    """Raised for a file that cannot be read to its end; nothing of it is imported."""

    code = "import_unreadable"


class BadValue(Invalid):
    """Raised for one value that makes one row unusable; the row is listed with the sentence."""

    code = "import_bad_value"


class NotUnderstood(Exception):  # noqa: N818 - not a mistake of anybody's
    """Raised for text that may be right but is beyond the reader; never guessed at."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A price per hour in minor units, the most 24 hours cost (or None), and their currency."""

    hour_minor: int
    day_cap_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a row that its host should know; the report counts equal notes.

    Attributes:
        text: What it is, in words that fit every row it is true of.
        holds_back: Whether drivers may not find the space until the host has looked at it.
    """

    text: str
    holds_back: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A space as a file describes it.

    Attributes:
        line: Where it stands: the line of a CSV, the number of a GeoJSON feature, both from 1.
        external_id: What the source calls it, by which it is found again.
        capacity: How many bays; None where the source does not say.
        max_height_cm: How high a vehicle may be; None where the source does not say.
        hours: When it is open; None (`ALWAYS`) is always.
        hours_known: False where the source has hours that were not understood; what was stored
            before is then left alone.
        rate: What it charges; None where the source does not say.
        timezone: IANA zone; None asks the point.
        notes: What could not be taken over; one that holds back makes it a draft.
    """

    line: int
    external_id: str
    title: str
    point: Point
    kind: SpaceKind
    description: str = ""
    address: str = ""
    capacity: int | None = None
    tags: tuple[str, ...] = ()
    max_height_cm: int | None = None
    hours: Hours | None = ALWAYS
    hours_known: bool = True
    rate: Rate | None = None
    timezone: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def held_back(self) -> bool:
        """Whether it is to be a draft."""
        return any(note.holds_back for note in self.notes)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A sound row of something that drivers cannot book, such as a meter that was taken away.

    If it is stored from an earlier file, it is retired; `external_id` is None where it can never
    have been.
    """

    line: int
    external_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be imported; `external_id` is None when not even that could be read."""

    line: int
    external_id: str | None
    reason: str


Item: TypeAlias = Row | SkippedRow | BadRow


@dataclass(frozen=True, slots=True)
class Feed:
    """The rows of a file, read as they are taken.

    Attributes:
        total: About how many there are, for a progress bar.
        items: What became of each.
        unit: What their numbers count.
    """

    total: int
    items: Iterator[Item]
    unit: str = "line"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the operator says about every row that does not say it itself."""

    rate: Rate | None = None
    capacity: int = 1


class Importer(Protocol):
    """One format.

    Attributes:
        name: The format in a word; spaces remember it as their source.
        label: The format in words for people.
        has_prices: Whether its files name prices; otherwise the operator must.
    """

    name: str
    label: str
    has_prices: bool

    def recognises(self, head: str) -> bool:
        """Whether a file that begins like this (up to 64 KiB of it) is of this format."""
        ...

    def read(self, text: str, *, defaults: Defaults) -> Feed:
        """Return the rows of a whole file.

        Raises:
            UnreadableFile: It is broken as a whole; this may also come while rows are taken.
        """
        ...


def each(
    records: Iterable[tuple[int, Record]],
    *,
    identify: Callable[[Record], str],
    convert: Callable[[int, str, Record], Row | SkippedRow],
) -> Iterator[Item]:
    """Convert numbered records one by one; what is wrong with one does not stop the rest."""
    for line, record in records:
        external_id: str | None = None
        try:
            external_id = identify(record)
            yield convert(line, external_id, record)
        except Invalid as error:
            yield BadRow(line, external_id, error.message)
