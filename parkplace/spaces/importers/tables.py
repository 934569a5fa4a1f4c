"""CSV files (RFC 4180): their header and their numbered rows."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from parkplace.spaces.importers.rows import BadValue, UnreadableFile


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row by column name, or the sentence that says why there are none."""

    by_column: dict[str, str]
    problem: str = ""

    def get(self, column: str) -> str | None:
        """Return a cell; None where the file has no such column.

        Raises:
            BadValue: The row is broken.
        """
        if self.problem:
            raise BadValue(self.problem)
        return self.by_column.get(column)


def header(head: str) -> list[str]:
    """Return the column names of a CSV that begins like this, in lower case; [] if it has none."""
    try:
        return _names(next(csv.reader(io.StringIO(head, newline=""), strict=True), []))
    except csv.Error:
        return []


def _names(cells: list[str]) -> list[str]:
    return [" ".join(name.lower().split()) for name in cells]


def records(text: str) -> Iterator[tuple[int, Cells]]:
    """Return the rows of a CSV under its header, each with the line it begins on.

    Raises:
        UnreadableFile: A quotation is never closed, so that nobody knows where rows end.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = _names(next(reader, []))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "end of data" in str(error):
                raise UnreadableFile(
                    f"The file breaks off: a quotation that begins at line {line} never ends. "
                    "Fetch it again."
                ) from error
            yield line, Cells({}, f"The row cannot be read: {error}.")
            continue
        if cells is None:
            return
        if len(cells) == len(columns):
            yield line, Cells(dict(zip(columns, cells, strict=True)))
        elif cells:
            problem = (
                f"The row has {len(cells)} cells under {len(columns)} columns. "
                "A comma inside a text needs quotation marks around it."
            )
            yield line, Cells({}, problem)
