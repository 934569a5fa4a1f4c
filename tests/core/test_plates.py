import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.plates import BadPlate, clean_plate, clean_region


@pytest.mark.parametrize(
    "typed",
    [
        "KLM 4821",
        "klm-4821",
        " k·l·m 48 21 ",
        "KLM–4821",
        "\uff2b\uff2c\uff2d\uff14\uff18\uff12\uff11",
    ],
)
def test_every_spelling_of_a_plate_meets(typed: str) -> None:
    assert clean_plate(typed) == "KLM4821"


def test_letters_of_other_alphabets_are_letters() -> None:
    assert clean_plate("zh 1ö2") == "ZH1Ö2"


def test_no_plate_stays_none() -> None:
    assert clean_plate("  - ") == ""


@pytest.mark.parametrize("typed", ["<b>", "A" * 13, "AB\x00C", "AB;C", "🚗"])
def test_what_is_no_plate(typed: str) -> None:
    with pytest.raises(BadPlate):
        clean_plate(typed)


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    try:
        once = clean_plate(typed)
    except BadPlate:
        return
    assert clean_plate(once) == once


@pytest.mark.parametrize(("typed", "region"), [("ny", "NY"), (" D ", "D"), ("", "")])
def test_regions(typed: str, region: str) -> None:
    assert clean_region(typed) == region


@pytest.mark.parametrize("typed", ["N1", "ABCD", "<"])
def test_what_is_no_region(typed: str) -> None:
    with pytest.raises(BadPlate):
        clean_region(typed)
