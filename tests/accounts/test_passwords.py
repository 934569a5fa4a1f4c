import re

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from parkplace.accounts.passwords import hash_password, needs_upgrade, verify

PASSWORD = "four unrelated words"
HASHED = hash_password(PASSWORD)


def test_a_hash_records_how_it_was_made() -> None:
    assert HASHED.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in HASHED
    assert re.fullmatch(r"[\x21-\x7e]+", HASHED)


def test_the_same_password_is_salted_anew_each_time() -> None:
    assert hash_password(PASSWORD) != HASHED


def test_only_the_password_itself_opens_its_hash() -> None:
    assert verify(PASSWORD, HASHED)
    assert not verify("Four unrelated words", HASHED)
    assert not verify("", HASHED)
    assert not verify(f"{PASSWORD}\0", HASHED)


def test_two_keyboards_may_send_one_letter_in_two_ways() -> None:
    composed, decomposed = "caf\u00e9 on the corner", "cafe\u0301 on the corner"
    assert composed != decomposed
    assert verify(decomposed, hash_password(composed))


@settings(max_examples=20)
@given(st.text(st.characters()))
def test_no_text_breaks_the_check(typed: str) -> None:
    assert not verify(typed + "!", HASHED)


@pytest.mark.parametrize("typed", ["\ud800", "a" * 100_000, "\0"])
def test_what_cannot_be_a_password_is_wrong(typed: str) -> None:
    assert not verify(typed, HASHED)


@pytest.mark.parametrize("stored", ["!", "", "nonsense", "$2b$12$abc"])
def test_an_account_without_a_password_opens_to_nobody(stored: str) -> None:
    assert not verify("!", stored)
    assert not verify("", stored)


def test_hashes_of_other_parameters_are_told_apart() -> None:
    weaker = PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash(PASSWORD)
    assert verify(PASSWORD, weaker)
    assert needs_upgrade(weaker)
    assert not needs_upgrade(HASHED)
