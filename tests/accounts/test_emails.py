import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.accounts.emails import BadEmail, normalised

ANYTHING = st.text(st.characters(), max_size=30)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("dana@example.com", "dana@example.com"),
        ("  Dana@Example.COM\n", "dana@example.com"),
        ("dana+parking@example.com", "dana+parking@example.com"),
        ("driver@parkplace.example", "driver@parkplace.example"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str) -> None:
    assert normalised(typed) == stored
    assert normalised(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "dana",
        "dana@",
        "@example.com",
        "dana@localhost",
        "dana@@example.com",
        "dana@example.com, sam@example.com",
        "dana@example.com\r\nBcc: sam@example.com",
        "Dana <dana@example.com>",
        "dana\0@example.com",
        "dänä@example.com",
        "dana@[127.0.0.1]",
        '"da na"@example.com',
        "\ud800@example.com",
        "d" * 250 + "@example.com",
        "d" * 1_000_000,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail) as refused:
        normalised(typed)
    assert (refused.value.code, refused.value.field) == ("bad_email", "email")


@given(ANYTHING | st.builds("{}@{}.example".format, ANYTHING, ANYTHING))
def test_whatever_is_taken_can_stand_in_a_header(typed: str) -> None:
    try:
        address = normalised(typed)
    except BadEmail:
        return
    assert address.isascii()
    assert address == address.lower()
    assert not set(address) & set("\r\n\0 ,<>")
