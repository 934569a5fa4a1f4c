from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.accounts.manage_links import manage_token, read_manage_token
from parkplace.core.ids import new_id
from parkplace.core.settings import get_settings


@given(st.uuids())
def test_a_token_leads_back_to_its_booking(booking_id: UUID) -> None:
    token = manage_token(booking_id)
    assert read_manage_token(token) == booking_id
    assert len(token) == 43
    assert token == manage_token(booking_id)


@given(st.uuids(), st.integers(min_value=0, max_value=42), st.sampled_from("AZaz09-_"))
def test_a_token_with_one_sign_changed_is_worth_nothing(
    booking_id: UUID, at: int, sign: str
) -> None:
    token = manage_token(booking_id)
    forged = token[:at] + sign + token[at + 1 :]
    assert read_manage_token(forged) == (booking_id if forged == token else None)


def test_the_signature_of_one_booking_does_not_open_another() -> None:
    mine, other = manage_token(new_id()), manage_token(new_id())
    # 16 bytes of id take 21⅓ signs; both halves are real, only not of one booking.
    assert read_manage_token(other[:22] + mine[22:]) is None


@given(st.text(st.characters()))
def test_any_other_text_is_no_token(text: str) -> None:
    assert read_manage_token(text) is None


@pytest.mark.parametrize("change", ["{}=", "{} ", " {}", "{}\n", "{}A", "{}%00", "{}\ud800"])
def test_a_token_has_one_spelling(change: str) -> None:
    assert read_manage_token(change.format(manage_token(uuid4()))) is None


def test_another_secret_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    token = manage_token(uuid4())
    monkeypatch.setenv("PARKPLACE_SECRET_KEY", "another secret, long enough for all")
    get_settings.cache_clear()
    try:
        assert read_manage_token(token) is None
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
