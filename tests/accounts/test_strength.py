import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.accounts.strength import WeakPassword, require_strong

DANA = ("Dana Featherstonehaugh", "dana.featherstonehaugh@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "title-deed-demo",
        "correct horse battery staple",
        "gP7#vXq2!mLr",
        "z" * 3 + "кот на крыше машины" + "q",
        "4f" + "\N{SNOWMAN}" * 6 + "kQ!x",
    ],
)
def test_passwords_that_hold_are_taken(password: str) -> None:
    require_strong(password, about=DANA)


@pytest.mark.parametrize(
    ("password", "advice"),
    [
        ("", "10 to 128 characters. Choose a longer one"),
        ("gP7#vXq2!", "Choose a longer one"),
        ("x" * 129, "Choose a shorter one"),
        ("password1234", "easy to guess. Use four unrelated words"),
        ("1234567890", "easy to guess"),
        ("qwertyuiop", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("a" * 128, "easy to guess"),
        ("gP7#vXq2!m\0Lr", "cannot be typed"),
        ("gP7#vXq2!m\ud800", "cannot be typed"),
    ],
)
def test_a_refusal_says_what_to_do(password: str, advice: str) -> None:
    with pytest.raises(WeakPassword, match=advice) as refused:
        require_strong(password, about=DANA)
    assert (refused.value.code, refused.value.field) == ("weak_password", "password")


@pytest.mark.parametrize(
    "password", ["Featherstonehaugh", "dana.featherstonehaugh", "Featherstonehaugh1"]
)
def test_ones_own_name_is_the_first_guess(password: str) -> None:
    with pytest.raises(WeakPassword, match="easy to guess"):
        require_strong(password, about=DANA)
    require_strong(password, about=("Sam", "sam@example.com"))


@pytest.mark.parametrize("password", ["parkplace1", "Park Place 2026", "parking123"])
def test_the_name_of_the_place_is_no_secret(password: str) -> None:
    with pytest.raises(WeakPassword, match="easy to guess"):
        require_strong(password, about=DANA)


@given(st.text(st.characters(), max_size=140))
def test_any_text_is_either_taken_or_refused_with_a_sentence(password: str) -> None:
    sentence = ""
    try:
        require_strong(password, about=DANA)
    except WeakPassword as refused:
        sentence = refused.message
    assert sentence.endswith(".") or 10 <= len(password) <= 128
