import asyncio
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.core.errors import Invalid
from parkplace.core.settings import get_settings
from parkplace.web.map.pins import MapPoint
from parkplace.web.pages.add_space.finding import Found
from parkplace.web.pages.add_space.place_state import PlaceState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie

VILLAGE = MapPoint(40.729, -73.9888)
ADDRESS = "/spaces/add"


def filled(events: list[Any]) -> str:
    return " ".join(map(str, events))


def tab() -> PlaceState:
    return at(PlaceState(), ADDRESS)


def test_the_map_begins_near_the_space_that_was_listed_last(session: Session) -> None:
    owen = make.owen(session)
    make.space(session, owen, lat=40.1, lng=-73.1)
    state = at(PlaceState(), ADDRESS, cookie=cookie(session, owen))

    asyncio.run(state.load())

    assert state.center == MapPoint(40.1, -73.1)
    assert state.spot is None


def test_a_press_on_the_map_writes_the_pin_into_the_form() -> None:
    state = tab()

    events = asyncio.run(state.placed(VILLAGE.lat, VILLAGE.lng))

    assert state.spot == VILLAGE
    assert state.where == "East Village · New York time"
    assert "40.7290000" in filled(events)
    assert "-73.9888000" in filled(events)
    assert "field-currency" not in filled(events)  # it says dollars already


def test_a_pin_put_from_far_away_brings_the_map_closer() -> None:
    state = tab()
    asyncio.run(state.moved({}, {"lat": 40.0, "lng": -74.0}, 4, True))
    asyncio.run(state.placed(VILLAGE.lat, VILLAGE.lng))
    assert (state.center, state.zoom) == (VILLAGE, 17)


def test_a_pin_put_from_close_by_leaves_the_map_alone() -> None:
    state = tab()
    asyncio.run(state.moved({}, {"lat": 40.0, "lng": -74.0}, 16, True))
    asyncio.run(state.placed(VILLAGE.lat, VILLAGE.lng))
    assert state.center is None


@pytest.mark.parametrize(("lat", "lng"), [(91, 0), (0, 181), (float("nan"), 0)])
def test_a_pin_off_the_earth_is_refused(lat: float, lng: float) -> None:
    state = tab()
    with pytest.raises(Invalid):
        asyncio.run(state.placed(lat, lng))
    assert state.spot is None


def test_the_currency_follows_the_place_until_the_host_chooses() -> None:
    state = tab()
    berlin, london = (52.52, 13.405), (51.5074, -0.1278)

    assert "EUR" in filled(asyncio.run(state.placed(*berlin)))
    assert "GBP" in filled(asyncio.run(state.placed(*london)))

    asyncio.run(state.typed({"currency": "CHF", "lat": "51.5", "lng": "-0.1"}))
    assert "field-currency" not in filled(asyncio.run(state.placed(*berlin)))


def test_after_a_reload_the_pin_stands_where_the_form_says() -> None:
    state = tab()

    asyncio.run(state.typed({"lat": "52.52", "lng": "13.405", "currency": "USD"}))

    assert state.spot == state.center == MapPoint(52.52, 13.405)
    # Dollars in Berlin were the host's choice, made before the reload.
    assert "field-currency" not in filled(asyncio.run(state.placed(52.52, 13.41)))


@pytest.mark.parametrize("form", [{}, {"lat": "", "lng": ""}, {"lat": "x", "lng": "1"}])
def test_a_form_without_a_pin_puts_none(form: dict[str, str]) -> None:
    state = tab()
    asyncio.run(state.typed(form))
    assert state.spot is None


def test_a_browser_that_knows_not_where_it_is_says_so() -> None:
    state = tab()
    assert asyncio.run(state.located({"found": False, "denied": True, "lat": 0, "lng": 0})) == []
    assert state.message
    assert state.spot is None


def test_what_is_typed_is_looked_for_and_chosen(session: Session) -> None:
    assert session
    state = tab()

    asyncio.run(state.suggest("10003"))
    assert [place.name for place in state.found] == ["10003"]

    events = asyncio.run(state.choose(0))
    assert state.spot
    assert not state.found
    assert "field-address" not in filled(events)


def test_a_chosen_address_is_written_into_the_form_unless_the_host_wrote_one() -> None:
    street = Found("St Marks Place", "East Village", 40.729, -73.9888, "St Marks Place, NY")
    other = Found("Bond Street", "NoHo", 40.7276, -73.9927, "Bond Street, NY")
    state = tab()

    state.found = [street]
    assert "St Marks Place, NY" in filled(asyncio.run(state.choose(0)))
    state.found = [other]
    assert "Bond Street, NY" in filled(asyncio.run(state.choose(0)))

    asyncio.run(state.typed({"address": "My own words", "currency": "USD"}))
    state.found = [street]
    assert "field-address" not in filled(asyncio.run(state.choose(0)))


@pytest.mark.parametrize("number", [-1, 0, 7])
def test_a_choice_that_is_not_there_does_nothing(number: int) -> None:
    assert asyncio.run(tab().choose(number)) == []


def test_finding_nothing_says_what_to_do(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session
    monkeypatch.setenv("GEOCODER_URL", "none")
    get_settings.cache_clear()
    state = tab()
    try:
        asyncio.run(all_of(state.find({"find": "Nowhere at all"})))
        assert "Press the map" in state.message
        assert not state.searching
        asyncio.run(all_of(state.find({"find": "  "})))
        assert "Type an address" in state.message
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
