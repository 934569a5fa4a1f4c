import re
import string
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.ids import new_id, new_reference, new_token, token_hash


def test_ids_are_version_7_and_in_order_of_making() -> None:
    made = [new_id() for _ in range(2000)]
    assert {made_id.version for made_id in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_knows_when_it_was_made() -> None:
    made = datetime.fromtimestamp((new_id().int >> 80) / 1000, UTC)
    assert abs(datetime.now(UTC) - made) < timedelta(seconds=5)


def test_tokens_are_long_unique_and_safe_in_a_url() -> None:
    tokens = {new_token() for _ in range(500)}
    assert len(tokens) == 500
    safe = set(string.ascii_letters + string.digits + "-_")
    assert all(len(token) == 43 and set(token) <= safe for token in tokens)


def test_a_token_is_stored_as_its_sha_256() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.text(st.characters()))
def test_whatever_strangers_send_has_a_hash(sent: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", token_hash(sent))


def test_half_a_surrogate_pair_has_a_hash_too() -> None:
    assert re.fullmatch("[0-9a-f]{64}", token_hash("\ud800"))


def test_references_survive_a_telephone_call() -> None:
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    for reference in references:
        assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{3}-[2-9A-HJKMNP-TV-Z]{4}", reference)
