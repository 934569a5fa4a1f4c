import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from parkplace.core.geo import Point
from parkplace.core.limits import GEOCODE, TooMany
from parkplace.core.settings import get_settings
from parkplace.spaces.places import GeocoderSilent
from parkplace.web import geocoder

HERE = Point(lat=40.729, lng=-73.9888)


@contextmanager
def configured(monkeypatch: pytest.MonkeyPatch, url: str) -> Generator[None]:
    monkeypatch.setenv("GEOCODER_URL", url)
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def ask(words: str, *, address: str) -> int:
    return len(asyncio.run(geocoder.ask(words, near=HERE, address=address)))


def test_without_a_geocoder_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(monkeypatch, "none"):
        for _ in range(GEOCODE.amount + 1):
            assert ask("Bond Street", address="alone") == 0


def test_one_that_does_not_answer_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # Port 9 of this machine takes no connections.
    with configured(monkeypatch, "http://127.0.0.1:9"):
        assert ask("Bond Street", address="patient") == 0


def test_one_person_asks_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    with configured(monkeypatch, "http://127.0.0.1:9"):
        for _ in range(GEOCODE.amount):
            assert ask("", address="eager") == 0  # an empty question is not sent on
        with pytest.raises(TooMany):
            ask("Bond Street", address="eager")


def test_one_that_does_not_answer_is_said_to_be_silent_where_that_matters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with configured(monkeypatch, "http://127.0.0.1:9"), pytest.raises(GeocoderSilent):
        asyncio.run(geocoder.ask("Bond Street", near=HERE, address="curious", quietly=False))
