import pytest

from parkplace.spaces.importers.rows import BadValue, UnreadableFile
from parkplace.spaces.importers.tables import header, records


def test_the_header_is_read_in_lower_case() -> None:
    assert header("Meter Number, Status \n1,2\n") == ["meter number", "status"]


def test_what_is_no_table_has_no_header() -> None:
    assert header("") == []
    assert header('"never closed') == []


def test_rows_know_the_line_they_begin_on() -> None:
    found = list(records('a,b\n1,"two\nlines"\n\n3,4\r\n'))
    assert [(line, cells.get("a")) for line, cells in found] == [(2, "1"), (5, "3")]


def test_a_column_that_is_not_there_is_none() -> None:
    ((_, cells),) = records("a,b\n1,2\n")
    assert cells.get("c") is None


def test_a_row_of_another_length_is_bad_and_the_next_is_read() -> None:
    (_, short), (_, right) = records("a,b\n1\n3,4\n")
    with pytest.raises(BadValue, match="1 cells under 2 columns"):
        short.get("a")
    assert right.get("a") == "3"


def test_a_row_with_loose_quotation_marks_is_bad_and_the_next_is_read() -> None:
    (_, broken), (line, right) = records('a,b\n"1"x,2\n3,4\n')
    with pytest.raises(BadValue, match="cannot be read"):
        broken.get("a")
    assert (line, right.get("b")) == (3, "4")


def test_a_quotation_that_never_ends_breaks_the_file() -> None:
    with pytest.raises(UnreadableFile, match="begins at line 3"):
        list(records('a,b\n1,2\n"3,4\n5,6\n'))
