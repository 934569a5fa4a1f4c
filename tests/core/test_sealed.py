from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.sealed import seal, unseal
from parkplace.core.settings import get_settings

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@given(st.binary(max_size=300))
def test_what_is_sealed_can_be_opened_here_and_read_by_nobody(content: bytes) -> None:
    sealed = seal("a test", content, now=NOW)
    assert unseal("a test", sealed, now=NOW) == content
    assert sealed.isascii()
    assert len(content) < 4 or content not in sealed.encode()
    assert seal("a test", content, now=NOW) != sealed


@pytest.mark.parametrize("text", ["", "x", "é", "\ud800", "gAAAAA", "a" * 5000])
def test_what_we_did_not_seal_does_not_open(text: str) -> None:
    with pytest.raises(ValueError, match="not sealed here"):
        unseal("a test", text, now=NOW)


def test_a_sealed_text_is_for_one_purpose_one_key_and_cannot_be_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealed = seal("a test", b"secret", now=NOW)
    for text, purpose in ((sealed, "another"), (sealed.swapcase(), "a test")):
        with pytest.raises(ValueError, match="not sealed here"):
            unseal(purpose, text, now=NOW)
    monkeypatch.setenv("PARKPLACE_SECRET_KEY", "another operator's")
    get_settings.cache_clear()
    with pytest.raises(ValueError, match="not sealed here"):
        unseal("a test", sealed, now=NOW)


def test_it_lasts_as_long_as_it_is_asked_to() -> None:
    sealed = seal("a test", b"secret", now=NOW)
    assert unseal("a test", sealed, lasts=10 * MINUTE, now=NOW + 10 * MINUTE) == b"secret"
    assert unseal("a test", sealed, now=NOW + timedelta(days=4000)) == b"secret"
    for late in (NOW + 10.1 * MINUTE, NOW - 10 * MINUTE):
        with pytest.raises(ValueError, match="not lately"):
            unseal("a test", sealed, lasts=10 * MINUTE, now=late)
