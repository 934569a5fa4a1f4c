import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.texts import (
    BadText,
    TextNeeded,
    TextTooLong,
    clean_text,
    has_control_signs,
    one_line,
)

ANYTHING = st.text(st.characters())


@given(ANYTHING)
def test_what_comes_out_is_one_line(typed: str) -> None:
    line = one_line(typed)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert not has_control_signs(line)
    assert "  " not in line


@given(ANYTHING)
def test_a_line_stays_as_it_is(typed: str) -> None:
    assert one_line(one_line(typed)) == one_line(typed)


@given(ANYTHING)
def test_letters_are_never_lost(typed: str) -> None:
    letters = [sign for sign in typed if unicodedata.category(sign)[0] in "LNPSM"]
    assert [sign for sign in one_line(typed) if sign != " "] == [
        sign for sign in typed if not sign.isspace() and unicodedata.category(sign) not in GONE
    ]
    assert set(letters) <= set(one_line(typed))


GONE = {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Garage\r\nBcc: all@example.com", "Garage Bcc: all@example.com"),
        (" two\t\tblanks ", "two blanks"),
        ("NUL\0 and \x1b[31mred", "NUL and [31mred"),
        ("half \ud83d a face", "half a face"),
        ("line\N{LINE SEPARATOR}sign", "line sign"),
        ("", ""),
    ],
)
def test_breaks_become_blanks_and_controls_go(typed: str, line: str) -> None:
    assert one_line(typed) == line


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "\ud800", "\x7f"])
def test_control_signs_are_found(text: str) -> None:
    assert has_control_signs(text)
    assert not has_control_signs("Zoë O'Neill-Łukasz 李 🅿️")


def test_a_text_is_kept_as_it_was_typed_without_outer_blanks() -> None:
    assert clean_text("  <b>A</b> & b ", field="title", most=80) == "<b>A</b> & b"
    assert clean_text("e\u0301", field="title", most=80) == "é"


def test_lines_are_kept_where_they_are_fine() -> None:
    assert clean_text("a\r\nb", field="about", most=80, lines=True) == "a\nb"
    with pytest.raises(BadText):
        clean_text("a\nb", field="title", most=80)


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "\ud800"])
def test_what_no_keyboard_types_is_refused(typed: str) -> None:
    with pytest.raises(BadText) as refused:
        clean_text(typed, field="about", most=80, lines=True)
    assert refused.value.field == "about"


def test_texts_have_a_size() -> None:
    with pytest.raises(TextNeeded):
        clean_text("  ", field="title", most=5, least=1)
    with pytest.raises(TextTooLong):
        clean_text("123456", field="title", most=5)
