"""What an import did, row by row where the operator must act and counted where not."""

from dataclasses import dataclass, field

from parkplace.spaces.importers.rows import BadRow

_SHOWN = 3


@dataclass(slots=True)
class ImportReport:
    """What became of a file.

    Attributes:
        source: The name the spaces remember it by.
        label: The format in words.
        unit: What a row's number counts: `line` or `feature`.
        created: Spaces that are new.
        updated: Spaces that the file changed.
        unchanged: Spaces that already were as the file says.
        drafts: Rows of this file that a note holds back until the host has looked at them.
        retired: Spaces that the file no longer offers, now retired.
        still_retired: Spaces that were retired before and stay so although the file has them.
        bad: Rows that cannot be imported, each with its line and reason.
        skipped: Lines of rows that drivers cannot book, by reason.
        notes: Lines of rows that carry a note, by its text.
        not_retired: Why missing spaces were not retired although that was asked for; or empty.
    """

    source: str
    label: str
    unit: str = "line"
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    drafts: int = 0
    retired: int = 0
    still_retired: int = 0
    bad: list[BadRow] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    notes: dict[str, list[int]] = field(default_factory=dict)
    not_retired: str = ""

    def lines(self) -> list[str]:
        """Return the report as lines to print: what was done, then counts, then each bad row."""
        done = (
            f"{self.label}: {self.created:,} new, {self.updated:,} changed, "
            f"{self.unchanged:,} unchanged, {self.retired:,} retired."
        )
        said = [done]
        if self.drafts:
            said.append(
                f"{self.drafts:,} are drafts: drivers find them once you have looked at the "
                "notes below and published them."
            )
        if self.still_retired:
            said.append(
                f"{self.still_retired:,} were retired before and stay so. "
                "Add --restore to offer them again."
            )
        if self.not_retired:
            said.append(self.not_retired)
        said += [f"Note: {self._counted(*entry)}" for entry in _most_first(self.notes)]
        said += [f"Skipped: {self._counted(*entry)}" for entry in _most_first(self.skipped)]
        if self.bad:
            rows = "row" if len(self.bad) == 1 else "rows"
            said.append(f"{len(self.bad):,} {rows} cannot be imported:")
            said += [f"  {self.unit} {row.line}: {row.reason}" for row in self.bad]
        return said

    def _counted(self, text: str, lines: list[int]) -> str:
        """Say how often, and where it first stands, so that one can look."""
        first = ", ".join(str(line) for line in lines[:_SHOWN])
        if len(lines) == 1:
            return f"{text}: 1 row ({self.unit} {first})"
        more = ", …" if len(lines) > _SHOWN else ""
        return f"{text}: {len(lines):,} rows ({self.unit}s {first}{more})"


def _most_first(counted: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    return sorted(counted.items(), key=lambda entry: -len(entry[1]))
