from datetime import UTC, datetime, timedelta

import pytest

from parkplace.core import clock
from parkplace.core.settings import get_settings


def test_the_clock_tells_utc() -> None:
    told = clock.utc_now()
    assert told.utcoffset() == timedelta(0)
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_test_may_set_the_clock_ahead() -> None:
    clock.travel(timedelta(hours=3))
    try:
        ahead = clock.utc_now() - datetime.now(UTC)
        assert timedelta(hours=2, minutes=59) < ahead < timedelta(hours=3, minutes=1)
    finally:
        clock.travel(timedelta(0))


@pytest.mark.parametrize("env", ["development"])
def test_nobody_else_may(monkeypatch: pytest.MonkeyPatch, env: str) -> None:
    monkeypatch.setenv("PARKPLACE_ENV", env)
    get_settings.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="only be set in a test"):
            clock.travel(timedelta(hours=1))
        assert abs(clock.utc_now() - datetime.now(UTC)) < timedelta(seconds=5)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
