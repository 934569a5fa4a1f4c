from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session

from parkplace.bookings.search import Sort
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.spaces.models import Space, SpaceKind, SpaceStatus
from parkplace.web.pages.map import listing, view
from parkplace.web.pages.map.address import Search, read
from parkplace.web.pages.map.geometry import DESK, View, shown
from parkplace.web.pages.map.listing import Found, Listed
from parkplace.web.pages.map.reading import Asking, Seen, look
from parkplace.web.stays import Stay
from tests import factories as make
from tests.factories import NOW, period

VILLAGE = Point(lat=40.7290, lng=-73.9888)
EVENING = Stay("2026-11-21T18:00", "2026-11-21T21:00")
HERE = Search("Astor Place", VILLAGE, View(VILLAGE, 16), EVENING)
ASKING = Asking(DESK, "en_US", NOW)


def north(metres: float) -> dict[str, float]:
    return {"lat": VILLAGE.lat + metres / 111_195, "lng": VILLAGE.lng}


def row_of(session: Session, metres: Iterable[float], **values: Any) -> list[Space]:
    """Spaces of Owen's to the north, each so many metres away."""
    owen = make.owen(session)
    return [
        make.space(session, owen, title=f"{away} m away", **(north(away) | values))
        for away in metres
    ]


def see(session: Session, search: Search = HERE, **values: Any) -> Seen:
    return look(session, search=search, asking=replace(ASKING, **values))


def names(seen: Seen | Listed) -> list[str]:
    deeds = seen.deeds if isinstance(seen, Listed) else seen.listed.deeds
    return [deed.name for deed in deeds]


def found(session: Session, search: Search = HERE) -> Found:
    known = see(session, search).found
    assert known is not None
    return known


# --- the two equals


def test_list_and_map_show_the_same_spaces_for_the_same_price(session: Session) -> None:
    row_of(session, [100, 200, 300])

    seen = see(session)

    assert seen.stage == view.FOUND
    assert names(seen) == ["100 m away", "200 m away", "300 m away"]
    assert {pin.id for pin in seen.drawn.pins} == {deed.id for deed in seen.listed.deeds}
    assert {pin.label for pin in seen.drawn.pins} == {"$12"}
    assert {deed.price for deed in seen.listed.deeds} == {"$12.00"}
    assert seen.said.heading.count == "3 spaces"
    assert seen.listed.pins.keys() == {deed.id for deed in seen.listed.deeds}


def test_what_lies_outside_of_the_map_is_in_neither(session: Session) -> None:
    # The map shows about 660 metres to the north.
    row_of(session, [600, 700])
    seen = see(session)
    assert names(seen) == ["600 m away"]
    assert len(seen.drawn.pins) == 1


def test_a_space_that_is_taken_for_some_of_the_stay_is_in_neither(session: Session) -> None:
    taken, _ = row_of(session, [100, 200])
    make.confirmed(session, taken, make.dana(session), period(8, 1))

    seen = see(session)

    assert names(seen) == ["200 m away"]
    assert [pin.name for pin in seen.drawn.pins] == ["200 m away, $12.00 for 3 h"]


def test_every_filter_holds_in_the_list_and_on_the_map(session: Session) -> None:
    owen = make.owen(session)
    make.space(session, owen, title="Dear", hour_minor=900, day_cap_minor=None, **north(50))
    make.space(session, owen, title="Yard", kind=SpaceKind.LOT, **north(100))
    make.space(session, owen, title="Dry", tags=["covered", "ev"], **north(150))
    make.space(session, owen, title="Far", **north(400))

    for search, expected in [
        (HERE, ["Dear", "Yard", "Dry", "Far"]),
        (replace(HERE, kinds=frozenset({SpaceKind.LOT})), ["Yard"]),
        (replace(HERE, tags=frozenset({"covered", "ev"})), ["Dry"]),
        (replace(HERE, most=Money(1200, "USD")), ["Yard", "Dry", "Far"]),
        (replace(HERE, within=300), ["Dear", "Yard", "Dry"]),
        (replace(HERE, sort=Sort.PRICE), ["Yard", "Dry", "Far", "Dear"]),
    ]:
        seen = see(session, search)
        assert names(seen) == expected
        assert seen.drawn.total == len(expected)
        assert sum(group.count for group in seen.drawn.clusters) + len(seen.drawn.pins) == len(
            expected
        )


def test_the_list_goes_on_page_by_page(session: Session) -> None:
    row_of(session, range(10, 320, 10))
    seen = see(session)
    assert len(seen.listed.deeds) == listing.PAGE
    assert seen.listed.after is not None

    rest = listing.page(
        session,
        found(session),
        count=listing.PAGE,
        after=seen.listed.after,
        locale="en_US",
        now=NOW,
    )

    assert names(seen) + names(rest) == [f"{away} m away" for away in range(10, 320, 10)]
    assert rest.after is None
    # Only the very first deed says what leaving early would save.
    assert [bool(deed.hint) for deed in seen.listed.deeds] == [True] + [False] * 19
    assert not any(deed.hint for deed in rest.deeds)


def test_a_list_that_was_opened_further_is_read_as_far_again(session: Session) -> None:
    row_of(session, range(10, 320, 10))
    assert len(see(session, count=25).listed.deeds) == 25
    assert len(see(session, count=500).listed.deeds) == 31


def test_the_space_whose_pin_was_pressed_is_listed_first(session: Session) -> None:
    spaces = row_of(session, range(10, 320, 10))
    last = spaces[-1]

    seen = see(session, extra=(last.id, Point(lat=last.lat, lng=last.lng)))

    assert names(seen)[:2] == ["310 m away", "10 m away"]
    assert seen.listed.deeds[0].meta.startswith("4 min walk")
    assert len(seen.listed.deeds) == listing.PAGE + 1
    # One that is in the list anyway is not listed twice.
    first = spaces[0]
    assert len(see(session, extra=(first.id, VILLAGE)).listed.deeds) == listing.PAGE
    # And one that is gone is not listed at all.
    assert len(see(session, extra=(uuid4(), VILLAGE)).listed.deeds) == listing.PAGE


def test_spaces_on_one_spot_are_told_apart(session: Session) -> None:
    owen = make.owen(session)
    bays = [make.space(session, owen, title=f"Bay {number}") for number in range(3)]

    listed = listing.one(
        session,
        found(session),
        space_id=bays[1].id,
        point=VILLAGE,
        locale="en_US",
        now=NOW,
    )

    assert names(listed) == ["Bay 1"]


def test_a_map_that_moved_on_has_its_own_pins_beside_the_old_list(session: Session) -> None:
    row_of(session, [100, 900])
    there = shown(View(Point(**north(900)), 16), DESK)

    seen = see(session, visible=there)

    assert names(seen) == ["100 m away"]
    assert [pin.name for pin in seen.drawn.pins] == ["900 m away, $12.00 for 3 h"]
    assert seen.said.heading.count == "1 space"


# --- where


def test_without_a_place_the_map_shows_where_most_spaces_are(session: Session) -> None:
    owen = make.owen(session)
    make.space(session, owen, lat=51.5, lng=-0.1, timezone="Europe/London")
    for away in (0, 50):
        make.space(session, owen, **north(away))

    seen = see(session, Search())

    assert seen.search.view is not None
    assert seen.search.view.centre.lat == pytest.approx(VILLAGE.lat, abs=0.001)
    assert seen.said.summary.clock == "New York time"
    assert seen.said.summary.starts == "2026-11-21T12:00"
    assert len(seen.listed.deeds) == 2


def test_without_any_space_there_is_nowhere_to_look(session: Session) -> None:
    make.space(session, make.owen(session), status=SpaceStatus.DRAFT, title="")
    seen = see(session, Search())
    assert (seen.stage, seen.what, seen.topics) == (view.NOWHERE, None, [])


def test_walks_are_measured_from_the_place_while_it_is_in_view(session: Session) -> None:
    row_of(session, [400])
    assert see(session).listed.deeds[0].meta.startswith("5 min walk")
    away = replace(HERE, at=Point(lat=40.8, lng=-73.9))
    seen = see(session, away)
    assert seen.listed.deeds[0].meta == "Garage"
    assert " in this area" in seen.said.heading.rest


def test_times_are_those_of_the_place_in_view(session: Session) -> None:
    make.space(session, make.owen(session), lat=51.5, lng=-0.1, timezone="Europe/London")
    london = Point(lat=51.5, lng=-0.1)

    seen = see(session, replace(HERE, at=london, view=View(london, 15)))

    assert seen.found is not None
    assert seen.found.period.starts_at.isoformat() == "2026-11-21T18:00:00+00:00"
    assert seen.listed.deeds[0].href.endswith("?from=2026-11-21T18%3A00&until=2026-11-21T21%3A00")


def test_a_map_wider_than_a_search_lists_what_is_nearest_to_its_middle(session: Session) -> None:
    row_of(session, [100])
    ocean = View(Point(lat=35.0, lng=-60.0), 4)

    seen = see(session, Search(view=ocean, stay=EVENING))

    assert names(seen) == ["100 m away"]
    assert "Zoom in for the rest" in seen.said.note
    assert seen.listed.deeds[0].meta == "Garage"


def test_the_areas_in_view_are_listened_to(session: Session) -> None:
    row_of(session, [100])
    assert see(session).topics == ["area:75/96"]
    there = shown(View(Point(lat=51.5, lng=-0.1), 14), DESK)
    assert len(set(see(session, visible=there).topics)) > 1
    world = shown(View(VILLAGE, 2), DESK)
    assert see(session, visible=world).topics == ["area:75/96"]


def test_any_address_can_be_looked_at(session: Session) -> None:
    row_of(session, [100])
    for query in (
        {"lat": "-89.99", "lng": "179.99", "zoom": "2"},
        {"lat": "90", "lng": "180", "zoom": "20"},
        {"lat": "0", "lng": "-180", "zoom": "5", "sort": "price", "most": "0~USD"},
        {"at": "40.729~-73.9888", "within": "1", "from": "0001-01-01T00:00"},
        {"at": "0~0", "from": "2026-11-21T18:00", "until": "9999-12-31T23:59"},
    ):
        assert see(session, read(query)).stage in {view.FOUND, view.NOTHING, view.WRONG}


# --- when there is nothing


def test_filters_that_leave_nothing_are_named_as_the_reason(session: Session) -> None:
    row_of(session, [100])
    seen = see(session, replace(HERE, tags=frozenset({"gated"})))
    assert (seen.stage, seen.said.nothing.narrowed) == (view.NOTHING, True)


def test_a_taken_town_is_listed_and_not_free(session: Session) -> None:
    (only,) = row_of(session, [100])
    make.confirmed(session, only, make.dana(session), period(6, 3))
    nothing = see(session).said.nothing
    assert (nothing.listed, nothing.narrowed, nothing.elsewhere) == (True, False, "")


def test_an_empty_place_leads_to_where_spaces_are(session: Session) -> None:
    row_of(session, [0])
    sahara = Point(lat=23.0, lng=5.0)
    search = replace(HERE, where="Sahara", at=sahara, view=View(sahara, 14), within=400)

    nothing = see(session, search).said.nothing

    assert not nothing.listed
    assert nothing.elsewhere.startswith("/?lat=40.72900&lng=-73.98880&zoom=14&from=2026-11-21")
    assert "within" not in nothing.elsewhere


# --- times


def test_a_time_the_clock_skips_is_refused_at_its_field(session: Session) -> None:
    row_of(session, [100])
    search = replace(HERE, stay=Stay("2027-03-14T02:30", "2027-03-14T05:00"))

    seen = see(session, search)

    assert seen.stage == view.WRONG
    assert seen.said.errors.keys() == {"from"}
    assert "does not exist" in seen.said.errors["from"]
    assert (seen.listed.deeds, seen.drawn.pins, seen.found) == ([], [], None)
    assert seen.what is not None


def test_a_time_that_happens_twice_is_asked_back_and_answered(session: Session) -> None:
    row_of(session, [100])
    doubled = replace(HERE, stay=Stay("2027-11-07T00:00", "2027-11-07T01:30"))

    seen = see(session, doubled)

    assert (seen.stage, seen.said.asked.field) == (view.WRONG, "until")
    for which, hours in (("first", 1.5), ("second", 2.5)):
        answered = replace(doubled, stay=replace(doubled.stay, ends_pass=which))
        known = found(session, answered)
        assert known.period.duration.total_seconds() == hours * 3600


@pytest.mark.parametrize(
    ("stay", "field"),
    [
        (Stay("2026-11-20T18:00", "2026-11-20T21:00"), "from"),
        (Stay("2026-11-21T21:00", "2026-11-21T18:00"), "until"),
        (Stay("2026-11-21T18:00", "2036-11-21T18:00"), "until"),
        (Stay("2036-11-21T18:00", "2036-11-21T21:00"), "from"),
        (Stay("tonight", "2026-11-21T21:00"), "from"),
    ],
)
def test_a_stay_that_nobody_can_book_is_refused_at_its_field(
    session: Session, stay: Stay, field: str
) -> None:
    row_of(session, [100])
    seen = see(session, replace(HERE, stay=stay))
    assert (seen.stage, list(seen.said.errors)) == (view.WRONG, [field])
