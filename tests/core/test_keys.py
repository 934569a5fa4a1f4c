import pytest

from parkplace.core.keys import derived_key
from parkplace.core.settings import get_settings


def test_each_purpose_has_a_key_of_its_own_that_stays() -> None:
    assert len(derived_key("access-token")) == 32
    assert derived_key("access-token") == derived_key("access-token")
    assert derived_key("access-token") != derived_key("manage-link")


def test_another_secret_makes_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    before = derived_key("access-token")
    monkeypatch.setenv("PARKPLACE_SECRET_KEY", "another secret, long enough for all")
    get_settings.cache_clear()
    try:
        assert derived_key("access-token") != before
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
