import asyncio

import pytest
from sqlmodel import Session

from parkplace.core.geo import Point
from parkplace.core.settings import get_settings
from parkplace.spaces.places import Place, PlaceKind
from parkplace.web.pages.add_space.finding import ENOUGH, choice, everywhere, known
from tests import factories as make

HERE = Point(lat=40.729, lng=-73.9888)


def test_another_space_is_no_address(session: Session) -> None:
    make.space(session, make.owen(session))
    assert known(session, words="St Marks Place garage", near=None) == []


def test_coordinates_and_zip_codes_are_found_and_give_no_address(session: Session) -> None:
    [point] = known(session, words="40.729, -73.9888", near=None)
    [zip_code] = known(session, words="10003", near=None)

    assert (point.lat, point.lng, point.address) == (40.729, -73.9888, "")
    assert (zip_code.name, zip_code.address) == ("10003", "")


@pytest.mark.parametrize("kind", [PlaceKind.STREET, PlaceKind.ADDRESS])
def test_streets_and_addresses_give_one(kind: PlaceKind) -> None:
    found = choice(Place("12", "St Marks Place, New York", HERE, kind))
    assert found.address == "12, St Marks Place, New York"
    assert len(choice(Place("1", "x" * 500, HERE, kind)).address) == 200


def test_without_a_geocoder_what_is_known_here_is_all(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session
    monkeypatch.setenv("GEOCODER_URL", "none")
    get_settings.cache_clear()
    try:
        found = asyncio.run(everywhere("10003", near=HERE, address="offline"))
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    assert [place.name for place in found] == ["10003"]
    assert len(found) <= ENOUGH
