import math
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from parkplace.bookings import pins as module
from parkplace.bookings.pins import BadZoom, Cluster, Pins
from parkplace.bookings.quoting import PeriodPast
from parkplace.core.geo import Box, Point, tile
from parkplace.core.money import Money
from parkplace.spaces import cells, drafts, service
from parkplace.spaces.hours import Interval, merged
from parkplace.spaces.models import Space, SpaceKind, SpaceStatus
from parkplace.spaces.queries import Filters
from parkplace.spaces.schedules import intern_schedule
from tests.bookings.crowds import crowd, take
from tests.factories import NEW_YORK, NOW, confirmed, dana, held, owen, period, space

STAY = period(1, 3)
VILLAGE = Box(west=-74.02, south=40.70, east=-73.96, north=40.76)
WORLD = Box(west=-180.0, south=-85.0, east=180.0, north=85.0)


def shown(session: Session, **asked: Any) -> Pins:
    given: dict[str, Any] = {"box": VILLAGE, "zoom": 17, "period": STAY, "now": NOW}
    return module.pins(session, **(given | asked))


def ids(answer: Pins) -> set[UUID]:
    return {UUID(pin.id) for pin in answer.pins}


# --- single pins


def test_a_pin_says_what_the_whole_stay_costs(session: Session) -> None:
    garage = space(session, owen(session))

    (pin,) = shown(session).pins

    assert pin.id == str(garage.id)
    assert pin.title == "St Marks Place garage"
    assert (pin.lat, pin.lng) == (40.7290, -73.9888)
    assert pin.total == Money(1200, "USD")


def test_close_up_every_space_has_its_own_pin_even_at_one_place(session: Session) -> None:
    crowd(session, owen(session), [Point(lat=40.73, lng=-73.99)] * 12)

    answer = shown(session)

    assert (len(answer.pins), answer.clusters, answer.total) == (12, (), 12)
    assert not answer.approximate


def test_more_pins_than_a_map_can_show_are_grouped_close_up_too(session: Session) -> None:
    crowd(session, owen(session), [Point(lat=40.73, lng=-73.99)] * 12)

    answer = shown(session, most=11)

    (cluster,) = answer.clusters
    assert (cluster.count, answer.pins, answer.total) == (12, (), 12)
    assert (cluster.lat, cluster.lng) == (pytest.approx(40.73), pytest.approx(-73.99))


def test_what_lies_outside_the_map_is_not_shown(session: Session) -> None:
    host = owen(session)
    edge = 0.001
    inside = crowd(
        session,
        host,
        [
            Point(lat=VILLAGE.south + edge, lng=VILLAGE.west + edge),
            Point(lat=VILLAGE.north - edge, lng=VILLAGE.east - edge),
        ],
    )
    crowd(
        session,
        host,
        [
            Point(lat=VILLAGE.south - edge, lng=VILLAGE.west + edge),
            Point(lat=VILLAGE.south + edge, lng=VILLAGE.west - edge),
            Point(lat=VILLAGE.north + edge, lng=VILLAGE.east - edge),
            Point(lat=VILLAGE.north - edge, lng=VILLAGE.east + edge),
        ],
    )

    assert ids(shown(session)) == {made.id for made in inside}


# --- only what is free


def test_taken_bays_overdue_holds_and_opening_hours_count_as_in_the_list(session: Session) -> None:
    host, driver = owen(session), dana(session)
    free = space(session, host, title="free")
    booked = space(session, host, title="booked")
    confirmed(session, booked, driver, period(2, 1))
    lot = space(session, host, title="one of two bays free", capacity=2)
    take(session, lot, STAY)
    full = space(session, host, title="both bays taken, one after the other", capacity=2)
    take(session, full, period(0, 2), bay=1)
    take(session, full, period(3, 1), bay=2)
    one_bay = space(session, host, title="one bay twice", capacity=2)
    take(session, one_bay, period(0, 2))
    take(session, one_bay, period(3, 1))
    before = space(session, host, title="taken until the start")
    take(session, before, period(0, 1))
    closed = merged([Interval(5, 9 * 60, 15 * 60)])  # the stay lasts until 4 pm
    schedule_id = intern_schedule(session, hours=closed, timezone=NEW_YORK, now=NOW)
    space(session, host, title="closed", schedule_id=schedule_id)
    space(session, host, title="paused", status=SpaceStatus.PAUSED)
    on_hold = space(session, host, title="on hold")
    held(session, on_hold, driver, STAY)

    expected = {free.id, lot.id, one_bay.id, before.id}
    for zoom in (17, 12):
        assert shown(session, zoom=zoom).total == len(expected)
    assert ids(shown(session)) == expected
    later = NOW + timedelta(minutes=11)
    assert ids(shown(session, now=later)) == expected | {on_hold.id}


def test_a_space_that_moves_takes_its_bookings_along(session: Session) -> None:
    host = owen(session)
    garage = space(session, host)
    confirmed(session, garage, dana(session), STAY)
    elsewhere = Point(lat=40.80, lng=-73.95)
    draft = replace(drafts.draft_of(session, space=garage), point=elsewhere)
    service.edit(session, actor=host, space_id=garage.id, draft=draft, now=NOW)
    uptown = Box(west=-73.96, south=40.79, east=-73.94, north=40.81)

    assert shown(session, box=uptown).total == 0
    assert shown(session, box=uptown, period=period(5, 1)).total == 1
    assert shown(session, period=period(5, 1)).total == 0


def test_filters_narrow_the_map_down(session: Session) -> None:
    host = owen(session)
    garage = space(session, host, tags=["covered"])
    lot = space(session, host, title="Elm lot", kind=SpaceKind.LOT, hour_minor=900)

    def narrowed(zoom: int, **values: Any) -> set[UUID]:
        return ids(shown(session, zoom=zoom, filters=Filters(**values)))

    # Far out the two are one group; alone each is a pin.
    for zoom in (17, 12):
        assert narrowed(zoom, kinds=frozenset({SpaceKind.LOT})) == {lot.id}
        assert narrowed(zoom, tags=frozenset({"covered"})) == {garage.id}
        assert narrowed(zoom, words="elm'") == set()
        assert narrowed(zoom, words="elm") == {lot.id}
        assert narrowed(zoom, most=Money(1200, "USD")) == {garage.id}
        assert narrowed(zoom, least=Money(1201, "USD")) == {lot.id}
        assert narrowed(zoom, most=Money(1200, "EUR")) == set()
    assert shown(session, zoom=12).clusters[0].count == 2


# --- groups


@pytest.mark.parametrize("zoom", [3, 8, 11, 13, 15, 16])
@pytest.mark.parametrize("middle", [Point(lat=40.73, lng=-73.99), Point(lat=-33.87, lng=151.21)])
def test_groups_are_exactly_the_tiles_of_64_pixels(
    session: Session, zoom: int, middle: Point
) -> None:
    chance = random.Random(zoom)  # noqa: S311 - the same every time
    made = crowd(session, owen(session), [somewhere(middle, chance) for _ in range(150)])
    taken = set(chance.sample(range(len(made)), 40))
    for number in taken:
        take(session, made[number], period(2, 0.5))
    half = 0.05 if zoom < 16 else 0.025  # what a screen shows at most
    box = Box(
        west=middle.lng - half,
        south=middle.lat - half,
        east=middle.lng + half,
        north=middle.lat + half,
    )
    free = [row for number, row in enumerate(made) if number not in taken and within(row, box)]
    expected = Counter(tile(Point(lat=row.lat, lng=row.lng), zoom=zoom + 2) for row in free)

    answer = shown(session, box=box, zoom=zoom)

    assert answer.total == len(free) > 0
    assert not answer.approximate
    alone = {
        row.id
        for row in free
        if expected[tile(Point(lat=row.lat, lng=row.lng), zoom=zoom + 2)] == 1
    }
    assert ids(answer) == alone
    grouped = {
        tile(Point(lat=cluster.lat, lng=cluster.lng), zoom=zoom + 2): cluster.count
        for cluster in answer.clusters
    }
    assert grouped == {where: count for where, count in expected.items() if count > 1}
    for cluster in answer.clusters:
        members = [row for row in free if within(row, cluster)]
        assert len(members) == cluster.count
        assert cluster.lat == pytest.approx(
            sum(row.lat for row in members) / cluster.count, abs=1e-3
        )


def somewhere(middle: Point, chance: random.Random) -> Point:
    return Point(lat=middle.lat + chance.gauss(0, 0.03), lng=(middle.lng + chance.gauss(0, 0.04)))


def within(row: Space, box: Box | Cluster) -> bool:
    slack = 1e-9
    return (
        box.south - slack <= row.lat <= box.north + slack
        and box.west - slack <= row.lng <= box.east + slack
    )


def test_a_map_over_the_antimeridian_shows_both_sides(session: Session) -> None:
    host = owen(session)
    fiji = [Point(lat=-17.0, lng=179.9), Point(lat=-17.1, lng=-179.9)]
    west, east = crowd(session, host, fiji)
    crowd(session, host, [Point(lat=-17.0, lng=0.0), Point(lat=-17.0, lng=178.0)])
    box = Box(west=179.0, south=-18.0, east=-179.0, north=-16.0)

    for zoom in (17, 10):
        assert ids(shown(session, box=box, zoom=zoom)) == {west.id, east.id}


def test_high_latitudes_and_poles_have_their_place_on_the_map(session: Session) -> None:
    svalbard, pole = crowd(
        session, owen(session), [Point(lat=78.22, lng=15.65), Point(lat=89.9, lng=15.0)]
    )
    north = Box(west=0.0, south=75.0, east=30.0, north=90.0)

    assert ids(shown(session, box=north, zoom=5)) == {svalbard.id, pole.id}


@pytest.mark.parametrize("zoom", [0, 5, 16, 22])
def test_a_world_full_of_spaces_is_never_more_groups_than_a_screen_holds(
    session: Session, zoom: int
) -> None:
    chance = random.Random(5)  # noqa: S311
    points = [
        Point(
            lat=math.degrees(math.asin(chance.uniform(-0.99, 0.99))), lng=chance.uniform(-180, 180)
        )
        for _ in range(600)
    ]
    crowd(session, owen(session), points)

    for exact_most in (module.EXACT_MOST, 100):
        answer = shown(session, box=WORLD, zoom=zoom, exact_most=exact_most, most=500)
        assert len(answer.clusters) + len(answer.pins) <= 64 * 64
        assert answer.total >= 590
        assert answer.approximate == (exact_most == 100)


# --- too many to look at one by one


def test_above_a_bound_groups_count_what_is_listed_and_say_so(session: Session) -> None:
    host = owen(session)
    village = crowd(session, host, [Point(lat=40.7290, lng=-73.9888)] * 5)
    take(session, village[0], STAY)
    alone_free, alone_taken = crowd(
        session, host, [Point(lat=40.75, lng=-74.01), Point(lat=40.705, lng=-73.965)]
    )
    take(session, alone_taken, STAY)
    space(session, host, status=SpaceStatus.DRAFT)

    answer = shown(session, zoom=13, exact_most=6)

    assert answer.approximate
    (cluster,) = answer.clusters
    assert cluster.count == 5
    assert (cluster.lat, cluster.lng) == (pytest.approx(40.7290), pytest.approx(-73.9888))
    assert cluster.west <= -73.9888 <= cluster.east
    assert cluster.south <= 40.7290 <= cluster.north
    # What stands alone is a pin, so it is shown only if it is free.
    assert ids(answer) == {alone_free.id}
    assert answer.total == 6


@pytest.mark.parametrize("zoom", range(0, 20, 3))
def test_counted_groups_and_exact_ones_agree_when_all_is_free(session: Session, zoom: int) -> None:
    chance = random.Random(zoom)  # noqa: S311
    middle = Point(lat=40.73, lng=-73.99)
    crowd(session, owen(session), [somewhere(middle, chance) for _ in range(120)])
    box = Box(west=-75.0, south=40.0, east=-73.0, north=41.5)
    assert cells.fold(session)

    counted = shown(session, box=box, zoom=zoom, exact_most=0)
    exact = shown(session, box=box, zoom=min(zoom, 14), most=1)

    assert counted.total == exact.total == 120
    finest = min(zoom, 14) == zoom
    if finest:
        assert ids(counted) == ids(exact)
        assert sorted(cluster.count for cluster in counted.clusters) == sorted(
            cluster.count for cluster in exact.clusters
        )


# --- nonsense


@pytest.mark.parametrize("zoom", [-1, 23, 1000])
def test_a_zoom_must_be_one(session: Session, zoom: int) -> None:
    with pytest.raises(BadZoom):
        shown(session, zoom=zoom)


def test_a_past_period_is_refused(session: Session) -> None:
    with pytest.raises(PeriodPast):
        shown(session, period=period(-9, 2))


def test_a_map_of_a_single_point_is_fine(session: Session) -> None:
    space(session, owen(session))
    point = Box(west=-73.9888, south=40.7290, east=-73.9888, north=40.7290)

    assert shown(session, box=point, zoom=22).total == 1
