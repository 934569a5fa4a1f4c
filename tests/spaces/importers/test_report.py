from parkplace.spaces.importers.report import ImportReport
from parkplace.spaces.importers.rows import BadRow


def test_a_plain_import_is_one_line() -> None:
    report = ImportReport(source="csv", label="Park Place CSV", created=1200, unchanged=3)
    assert report.lines() == ["Park Place CSV: 1,200 new, 0 changed, 3 unchanged, 0 retired."]


def test_thousands_of_notes_are_counted_and_bad_rows_listed() -> None:
    report = ImportReport(
        source="osm",
        label="OpenStreetMap car parks",
        unit="feature",
        drafts=2000,
        still_retired=2,
        notes={"Rare": [7], "Common": list(range(1, 2001))},
        skipped={"Not for everybody": [3, 4]},
        bad=[BadRow(9, "way/9", "The latitude is missing.")],
    )
    drafts, *rest = report.lines()[1:]
    assert drafts.startswith("2,000 are drafts: drivers find them once you have looked")
    assert rest == [
        "2 were retired before and stay so. Add --restore to offer them again.",
        "Note: Common: 2,000 rows (features 1, 2, 3, …)",
        "Note: Rare: 1 row (feature 7)",
        "Skipped: Not for everybody: 2 rows (features 3, 4)",
        "1 row cannot be imported:",
        "  feature 9: The latitude is missing.",
    ]


def test_why_nothing_was_retired_is_said() -> None:
    report = ImportReport(source="csv", label="Park Place CSV", not_retired="Nothing was retired.")
    assert report.lines()[1:] == ["Nothing was retired."]
