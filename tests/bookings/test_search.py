import math
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from parkplace.bookings import search
from parkplace.bookings.quoting import PeriodPast, PeriodTooLong
from parkplace.bookings.search import BadCursor, Found, RadiusTooWide, Sort, free_bays, near
from parkplace.core.geo import Point, distance_m
from parkplace.core.money import Money
from parkplace.spaces.hours import Interval, merged
from parkplace.spaces.models import SpaceKind, SpacePhoto, SpaceStatus
from parkplace.spaces.queries import Filters
from parkplace.spaces.schedules import intern_schedule
from tests.bookings.crowds import crowd, take
from tests.factories import NEW_YORK, NOW, confirmed, dana, held, owen, period, space

HERE = Point(lat=40.7290, lng=-73.9888)
STAY = period(1, 3)


def found(session: Session, **asked: Any) -> Found:
    given: dict[str, Any] = {"point": HERE, "radius_m": 2000, "period": STAY, "now": NOW}
    return near(session, **(given | asked))


def titles(session: Session, **asked: Any) -> list[str]:
    return [item.title for item in found(session, **asked).items]


def north_of_here(metres: float) -> dict[str, float]:
    return {"lat": HERE.lat + metres / 111_195, "lng": HERE.lng}


# --- where


def test_a_free_space_nearby_is_found_with_all_a_list_shows(session: Session) -> None:
    garage = space(session, owen(session), tags=["covered", "ev"], **north_of_here(400))

    (item,) = found(session).items

    assert item.id == garage.id
    assert item.title == "St Marks Place garage"
    assert item.neighbourhood == "East Village"
    assert item.kind == SpaceKind.GARAGE
    assert item.tags == ("covered", "ev")
    assert item.timezone == NEW_YORK
    assert item.distance_m == pytest.approx(400, rel=0.01)
    assert (item.capacity, item.free) == (1, 1)
    assert item.total == Money(1200, "USD")
    assert item.photo_key is None


def test_the_nearest_comes_first_and_what_lies_beyond_the_radius_not_at_all(
    session: Session,
) -> None:
    host = owen(session)
    for metres in (900, 300, 1900, 600):
        space(session, host, title=f"{metres} m away", **north_of_here(metres))

    assert titles(session, radius_m=1000) == ["300 m away", "600 m away", "900 m away"]


@pytest.mark.parametrize("latitude", [0.0, 40.73, -37.8, 61.2, 78.22, -84.9])
@pytest.mark.parametrize("longitude", [-73.99, 0.0, 179.995, -179.998])
def test_nearby_is_what_the_haversine_says_it_is_anywhere_on_earth(
    session: Session, latitude: float, longitude: float
) -> None:
    middle = Point(lat=latitude, lng=longitude)
    chance = random.Random(f"{latitude} {longitude}")  # noqa: S311 - the same every time
    away = {
        made.id: distance_m(middle, Point(lat=made.lat, lng=made.lng))
        for made in crowd(session, owen(session), scattered(middle, chance))
    }
    for radius in (50.0, 700.0, 2500.0, 9000.0):
        answer = everything(session, middle, radius)
        distances = [item.distance_m for item in answer]
        assert distances == sorted(distances)
        ids = {item.id for item in answer}
        assert len(ids) == len(answer)
        # The ellipsoid and the sphere differ by half a per cent.
        surely = {name for name, there in away.items() if there < radius * 0.993}
        perhaps = {name for name, there in away.items() if there < radius * 1.007}
        assert surely <= ids <= perhaps


def test_around_a_pole_every_meridian_is_near(session: Session) -> None:
    pole = Point(lat=89.9, lng=10.0)
    host = owen(session)
    across = space(session, host, lat=89.95, lng=-170.0)
    beside = space(session, host, lat=89.85, lng=100.0)
    space(session, host, lat=88.0, lng=10.0)

    assert {item.id for item in found(session, point=pole, radius_m=30_000).items} == {
        across.id,
        beside.id,
    }


def scattered(middle: Point, chance: random.Random) -> list[Point]:
    """Points around a point, most of them close."""
    points: list[Point] = []
    for _ in range(120):
        metres, angle = abs(chance.gauss(0, 3000)), chance.random() * 2 * math.pi
        lat = middle.lat + metres * math.sin(angle) / 111_195
        aside = metres * math.cos(angle) / (111_195 * math.cos(math.radians(middle.lat)))
        points.append(Point(lat=lat, lng=(middle.lng + aside + 180) % 360 - 180))
    return points


def everything(session: Session, middle: Point, radius_m: float) -> list[search.FoundSpace]:
    """All pages of a search."""
    items: list[search.FoundSpace] = []
    after: str | None = None
    while True:
        page = found(session, point=middle, radius_m=radius_m, limit=40, after=after)
        items += page.items
        after = page.after
        if after is None:
            return items


# --- when


def test_a_taken_space_is_not_found_and_its_neighbour_is(session: Session) -> None:
    host = owen(session)
    taken = space(session, host, title="taken")
    space(session, host, title="free", **north_of_here(100))
    confirmed(session, taken, dana(session), period(2, 1))

    assert titles(session) == ["free"]


def test_a_stay_that_ends_when_the_next_begins_is_in_nobodys_way(session: Session) -> None:
    garage = space(session, owen(session))
    take(session, garage, period(0, 1))
    take(session, garage, period(4, 2))

    assert titles(session) == ["St Marks Place garage"]


def test_one_quarter_of_an_hour_taken_inside_the_stay_is_enough(session: Session) -> None:
    garage = space(session, owen(session))
    take(session, garage, period(2, 0.25))

    assert titles(session) == []


def test_a_lot_is_found_while_one_of_its_bays_is_free_all_the_time(session: Session) -> None:
    lot = space(session, owen(session), capacity=3)
    take(session, lot, period(0, 2), bay=1)
    take(session, lot, period(2, 9), bay=1)
    take(session, lot, period(1, 1), bay=2)

    (item,) = found(session).items
    assert item.free == 1
    assert free_bays(session, space_id=lot.id, period=STAY, now=NOW) == 1

    take(session, lot, period(3, 1), bay=3)
    assert titles(session) == []
    assert free_bays(session, space_id=lot.id, period=STAY, now=NOW) == 0


def test_a_hold_counts_until_its_ten_minutes_are_over_by_the_clock(session: Session) -> None:
    garage = space(session, owen(session))
    held(session, garage, dana(session), STAY)

    assert titles(session, now=NOW + timedelta(minutes=9)) == []
    assert titles(session, now=NOW + timedelta(minutes=11)) == ["St Marks Place garage"]


def test_only_spaces_open_for_the_whole_stay_are_found(session: Session) -> None:
    host = owen(session)
    # Now is Saturday noon in New York; the stay is 1 pm to 4 pm.
    for name, day, opens, closes in (
        ("open all afternoon", 5, 12, 18),
        ("opens on the minute, closes on the minute", 5, 13, 16),
        ("closes too early", 5, 9, 15),
        ("opens too late", 5, 14, 20),
        ("closed on Saturdays", 4, 0, 24),
    ):
        hours = merged([Interval(day, opens * 60, closes * 60)])
        schedule_id = intern_schedule(session, hours=hours, timezone=NEW_YORK, now=NOW)
        space(session, host, title=name, schedule_id=schedule_id)
    space(session, host, title="always open")

    assert sorted(titles(session)) == [
        "always open",
        "open all afternoon",
        "opens on the minute, closes on the minute",
    ]


@pytest.mark.parametrize("status", [SpaceStatus.DRAFT, SpaceStatus.PAUSED, SpaceStatus.RETIRED])
def test_what_is_not_listed_is_not_found(session: Session, status: SpaceStatus) -> None:
    space(session, owen(session), status=status)

    assert titles(session) == []


# --- what


def test_filters_narrow_the_search_down(session: Session) -> None:
    host = owen(session)
    space(session, host, title="Oak garage", tags=["covered", "ev"])
    space(session, host, title="Oak lot", kind=SpaceKind.LOT, tags=["covered"], address="7 Elm St")
    space(session, host, title="Elm driveway", kind=SpaceKind.DRIVEWAY, hour_minor=900)

    def narrowed(**values: Any) -> list[str]:
        return sorted(titles(session, filters=Filters(**values)))

    assert narrowed(kinds=frozenset({SpaceKind.LOT, SpaceKind.GARAGE})) == ["Oak garage", "Oak lot"]
    assert narrowed(tags=frozenset({"covered"})) == ["Oak garage", "Oak lot"]
    assert narrowed(tags=frozenset({"covered", "ev"})) == ["Oak garage"]
    assert narrowed(tags=frozenset({"gold-plated"})) == []
    assert narrowed(words="elm") == ["Elm driveway", "Oak lot"]
    assert narrowed(words="ELM oak") == ["Oak lot"]
    assert narrowed(host_id=host.id) == ["Elm driveway", "Oak garage", "Oak lot"]
    assert narrowed(host_id=dana(session).id) == []
    assert narrowed(hour_most=Money(400, "USD")) == ["Oak garage", "Oak lot"]
    assert narrowed(hour_most=Money(9999, "EUR")) == []


@pytest.mark.parametrize(
    "words",
    ["'; DROP TABLE spaces; --", "%", "_____", "\\", "a\0b", "x\ud800", "<b>", ":words", "{where}"],
)
def test_words_are_only_ever_words(session: Session, words: str) -> None:
    space(session, owen(session))

    assert titles(session, filters=Filters(words=words)) == []
    assert titles(session, filters=Filters(tags=frozenset({words}))) == []
    assert titles(session) == ["St Marks Place garage"]


def test_the_price_of_the_whole_stay_can_be_bounded(session: Session) -> None:
    host = owen(session)
    for hour, cap in ((100, None), (400, None), (900, 1000), (900, None)):
        space(session, host, title=f"{hour} {cap}", hour_minor=hour, day_cap_minor=cap)

    def within(least: int | None, most: int | None) -> list[str]:
        bounds = Filters(
            least=Money(least, "USD") if least is not None else None,
            most=Money(most, "USD") if most is not None else None,
        )
        return sorted(titles(session, filters=bounds))

    assert within(None, 1200) == ["100 None", "400 None", "900 1000"]
    assert within(1000, 1200) == ["400 None", "900 1000"]
    assert within(1201, None) == ["900 None"]
    assert within(5000, None) == []
    assert titles(session, filters=Filters(most=Money(10**9, "EUR"))) == []


def test_by_price_the_cheapest_of_the_whole_circle_comes_first(session: Session) -> None:
    host = owen(session)
    prices = [700, 300, 500, 300, 100, 900]
    for number, hour in enumerate(prices):
        space(
            session,
            host,
            title=f"{hour} at {number}",
            hour_minor=hour,
            day_cap_minor=None,
            **north_of_here(100 + 100 * number),
        )
    taken = space(session, host, title="cheapest of all", hour_minor=10, day_cap_minor=None)
    take(session, taken, STAY)

    asked = {"sort": Sort.PRICE, "limit": 2}
    first = found(session, **asked)
    assert [item.title for item in first.items] == ["100 at 4", "300 at 1"]
    second = found(session, **asked, after=first.after)
    assert [item.title for item in second.items] == ["300 at 3", "500 at 2"]
    third = found(session, **asked, after=second.after)
    assert [item.title for item in third.items] == ["700 at 0", "900 at 5"]
    assert third.after is None


def test_where_too_much_is_listed_to_compare_prices_a_smaller_circle_is_looked_at(
    session: Session,
) -> None:
    host = owen(session)
    for number in range(12):
        # The farther the cheaper.
        hour = 1200 - 100 * number
        away = north_of_here(150 + 300 * number)
        space(session, host, title=f"{hour}", hour_minor=hour, day_cap_minor=None, **away)

    whole = found(session, sort=Sort.PRICE, radius_m=5000, limit=1)
    small = found(session, sort=Sort.PRICE, radius_m=5000, candidates=4)

    assert (whole.items[0].title, whole.radius_m) == ("100", 5000)
    assert 500 < small.radius_m < 2000
    seen = [int(item.title) for item in small.items]
    assert seen == sorted(seen)
    assert seen == [
        1200 - 100 * number
        for number in reversed(range(12))
        if 150 + 300 * number <= small.radius_m
    ]


def test_by_price_currencies_stay_apart(session: Session) -> None:
    host = owen(session)
    for currency, hour in (("USD", 100), ("CAD", 500), ("USD", 900), ("CAD", 50)):
        space(session, host, currency=currency, hour_minor=hour, day_cap_minor=None)

    totals = [item.total for item in found(session, sort=Sort.PRICE).items]

    assert [(total.currency, total.minor) for total in totals] == [
        ("CAD", 150),
        ("CAD", 1500),
        ("USD", 300),
        ("USD", 2700),
    ]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    prices=st.lists(st.sampled_from([0, 50, 100, 250, 333, 1000]), min_size=1, max_size=12),
    limit=st.integers(1, 5),
    sort=st.sampled_from(Sort),
)
def test_pages_show_every_space_once_in_one_order(
    session: Session, prices: list[int], limit: int, sort: Sort
) -> None:
    with session.begin_nested() as attempt:
        host = owen(session)
        for number, hour in enumerate(prices):
            # Some share a place and a price: only their ids tell them apart.
            space(
                session,
                host,
                hour_minor=hour,
                day_cap_minor=None,
                **north_of_here(50 * (number // 3)),
            )
        seen: list[search.FoundSpace] = []
        after: str | None = None
        while True:
            page = found(session, sort=sort, limit=limit, after=after)
            assert len(page.items) <= limit
            seen += page.items
            after = page.after
            if after is None:
                break
        assert len({item.id for item in seen}) == len(seen) == len(prices)
        places = [
            (item.total.minor if sort == Sort.PRICE else 0, item.distance_m, item.id)
            for item in seen
        ]
        assert places == sorted(places)
        attempt.rollback()


def test_the_first_photo_comes_along(session: Session) -> None:
    garage = space(session, owen(session))
    for position, key in ((2, "last"), (0, "first"), (1, "middle")):
        session.add(
            SpacePhoto(
                space_id=garage.id,
                position=position,
                file_key=key,
                width=9,
                height=9,
                created_at=NOW,
            )
        )
    session.flush()

    assert found(session).items[0].photo_key == "first"


# --- nonsense


@pytest.mark.parametrize("radius", [-1.0, 100_001.0, math.inf, math.nan])
def test_a_radius_must_be_one(session: Session, radius: float) -> None:
    with pytest.raises(RadiusTooWide):
        found(session, radius_m=radius)


def test_periods_nobody_could_book_are_refused(session: Session) -> None:
    with pytest.raises(PeriodPast):
        found(session, period=period(-5, 2))
    with pytest.raises(PeriodTooLong):
        found(session, period=period(1, 24 * 365 * 10))


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "ü", "W10=", "bnVsbA==", "WzEsIDJd", "WyJhIiwgImIiXQ==", "W05hTiwgMV0=", "e30=" * 90],
)
@pytest.mark.parametrize("sort", list(Sort))
def test_a_made_up_cursor_is_refused(session: Session, cursor: str, sort: Sort) -> None:
    with pytest.raises(BadCursor):
        found(session, after=cursor, sort=sort)


def test_a_cursor_of_another_order_is_refused(session: Session) -> None:
    host = owen(session)
    for number in range(3):
        space(session, host, **north_of_here(number))
    by_distance = found(session, limit=1).after
    by_price = found(session, limit=1, sort=Sort.PRICE).after

    with pytest.raises(BadCursor):
        found(session, after=by_distance, sort=Sort.PRICE)
    with pytest.raises(BadCursor):
        found(session, after=by_price)


def test_no_page_is_longer_than_a_hundred(session: Session) -> None:
    host = owen(session)
    for number in range(105):
        space(session, host, title=f"space {number}")

    assert len(found(session, limit=10_000).items) == 100
    assert len(found(session, limit=-3).items) == 1
