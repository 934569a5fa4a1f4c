from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import blocks, listing
from parkplace.bookings.blocks import Blocked
from parkplace.bookings.listing import Listed, StayNeeded
from parkplace.bookings.quoting import PeriodPast
from parkplace.bookings.search import BadCursor, RadiusTooWide, free_bays
from parkplace.core.geo import Box, Point
from parkplace.core.money import Money
from parkplace.spaces.hours import Hours, Interval
from parkplace.spaces.models import SpaceKind, SpacePhoto, SpaceStatus
from parkplace.spaces.queries import Filters
from parkplace.spaces.schedules import intern_schedule
from tests.bookings.crowds import crowd, take
from tests.factories import NEW_YORK, NOW, ada, owen, period, sam, space
from tests.statements import statements

HERE = Point(lat=40.7290, lng=-73.9888)
VILLAGE = Box(west=-74.02, south=40.70, east=-73.96, north=40.76)
STAY = period(1, 3)


def newest(session: Session, **asked: Any) -> Listed:
    given: dict[str, Any] = {"now": NOW} | asked
    return listing.newest(session, **given)


def titles(session: Session, **asked: Any) -> list[str]:
    filters = Filters(**{name: asked.pop(name) for name in list(asked) if name in NARROWING})
    return [item.title for item in newest(session, filters=filters, **asked).items]


def everything(session: Session, *, candidates: int, **asked: Any) -> list[str]:
    """Every page of what fits."""
    seen: list[str] = []
    after = None
    while True:
        page = newest(session, filters=Filters(**asked), candidates=candidates, after=after)
        seen += [item.title for item in page.items]
        if page.after is None:
            return seen
        after = UUID(page.after)


NARROWING = Filters.__dataclass_fields__


# --- without a place


def test_the_newest_comes_first_with_all_a_list_shows(session: Session) -> None:
    host = owen(session)
    old = space(session, host, tags=["ev"])
    new = space(session, host, title="The new lot", kind="lot")
    session.add(
        SpacePhoto(
            space_id=old.id,
            position=0,
            file_key="ab" * 32,
            width=9,
            height=9,
            created_at=NOW,
        )
    )
    first, second = newest(session).items
    assert (first.id, second.id) == (new.id, old.id)
    assert (second.tags, second.photo_key, second.status) == (("ev",), "ab" * 32, "published")
    assert (second.free, second.total, second.distance_m) == (None, None, None)


def test_every_filter_holds(session: Session) -> None:
    host = owen(session)
    space(session, host, title="Low lot", kind="lot", hour_minor=100, max_height_cm=190)
    space(session, host, title="High hall", tags=["ev", "lit"], max_length_cm=500, lat=41.0)
    space(session, sam(session), title="Far field", kind="lot", lng=-70.0, currency="EUR")

    everything = ["Far field", "High hall", "Low lot"]
    assert titles(session) == everything
    assert titles(session, words="hall high") == ["High hall"]
    assert titles(session, words="100%") == []
    assert titles(session, kinds=frozenset({SpaceKind.LOT})) == ["Far field", "Low lot"]
    assert titles(session, tags=frozenset({"ev", "lit"})) == ["High hall"]
    assert titles(session, host_id=host.id) == ["High hall", "Low lot"]
    assert titles(session, hour_most=Money(100, "USD")) == ["Low lot"]
    assert titles(session, box=VILLAGE) == ["Low lot"]
    assert titles(session, height_cm=190) == everything
    assert titles(session, height_cm=191) == ["Far field", "High hall"]
    assert titles(session, height_cm=191, length_cm=501, width_cm=900) == ["Far field"]


def test_a_box_may_cross_the_date_line(session: Session) -> None:
    host = owen(session)
    for lng in (179.9, -179.9, 0.0):
        space(session, host, title=f"At {lng}", lng=lng, lat=-17.0)
    fiji = Box(west=179.0, south=-18.0, east=-179.0, north=-16.0)
    assert titles(session, box=fiji) == ["At -179.9", "At 179.9"]
    assert everything(session, candidates=1, box=fiji) == ["At -179.9", "At 179.9"]


def test_for_a_stay_only_what_is_open_and_free_is_listed_with_its_price(session: Session) -> None:
    host = owen(session)
    fridays = Hours((Interval(4, 0, 24 * 60),))
    schedule = intern_schedule(session, hours=fridays, timezone=NEW_YORK, now=NOW)
    space(session, host, title="Closed", schedule_id=schedule)
    taken = space(session, host, title="Taken")
    take(session, taken, period(2, 1))
    lot = space(session, host, title="Lot", capacity=3)
    take(session, lot, period(2, 1), bay=2)
    (found,) = newest(session, period=STAY).items
    assert (found.title, found.free, found.total) == ("Lot", 2, Money(1200, "USD"))
    assert titles(session, period=STAY, most=Money(1199, "USD")) == []
    assert titles(session, period=STAY, least=Money(1200, "USD")) == ["Lot"]


@pytest.mark.parametrize("stay", [None, STAY])
@pytest.mark.parametrize("asked", [{}, {"box": VILLAGE}, {"kinds": frozenset({"garage"})}])
def test_pages_hold_each_space_once_whatever_is_listed_meanwhile(
    session: Session, stay: Any, asked: dict[str, Any]
) -> None:
    host = owen(session)
    made = [space(session, host, title=f"No {n}").id for n in range(7)]
    seen: list[UUID] = []
    after = None
    while True:
        page = newest(session, filters=Filters(**asked), period=stay, limit=2, after=after)
        seen += [item.id for item in page.items]
        space(session, host, title="Listed meanwhile")
        if page.after is None:
            break
        after = UUID(page.after)
    assert seen == made[::-1]


def test_what_no_index_finds_is_looked_for_a_stretch_at_a_time(session: Session) -> None:
    host = owen(session)
    wanted = [space(session, host, tags=["gated"] if n % 4 == 0 else []).id for n in range(12)]
    filters = Filters(tags=frozenset({"gated"}))
    pages: list[list[UUID]] = []
    after = None
    while True:
        page = newest(session, filters=filters, candidates=3, after=after)
        pages.append([item.id for item in page.items])
        if page.after is None:
            break
        after = UUID(page.after)
    assert [found for page in pages for found in page] == [wanted[8], wanted[4], wanted[0]]
    assert len(pages) == 5


@pytest.mark.parametrize("candidates", [1, 4, 9])
def test_words_are_found_whether_many_have_them_or_few(session: Session, candidates: int) -> None:
    host = owen(session)
    for name in ("Red lot 7", "Red garage 12", "Blue lot 7", "Red lot 12", "Łódź lot"):
        space(session, host, title=name, address="")

    def found(words: str, **asked: Any) -> list[str]:
        return everything(session, candidates=candidates, words=words, **asked)

    for narrow in ({}, {"host_id": host.id}, {"box": VILLAGE}):
        assert found("lot red", **narrow) == ["Red lot 12", "Red lot 7"]
        assert found("red 12", **narrow) == ["Red lot 12", "Red garage 12"]
        assert found("7", **narrow) == ["Blue lot 7", "Red lot 7"]
        assert found("łódź", **narrow) == ["Łódź lot"]
        assert found("l_t", **narrow) == found("%", **narrow) == found("green", **narrow) == []


def test_common_and_rare_words_are_both_looked_up_in_a_bounded_way(session: Session) -> None:
    host = owen(session)
    space(session, host)
    for words, count in (("garage", 2), ("garage 12", 3), ("12", 2)):
        with statements() as sent:
            newest(session, filters=Filters(words=words))
        assert len(sent) == count


# --- whose


def test_hosts_see_their_own_drafts_and_admins_anybodys(session: Session) -> None:
    host, stranger = owen(session), sam(session)
    for status in SpaceStatus:
        space(session, host, title=status, status=status)
    mine = {"host_id": host.id}
    for viewer in (host, ada(session)):
        assert titles(session, viewer=viewer, **mine) == [
            "withheld",
            "paused",
            "published",
            "draft",
        ]
        assert titles(session, viewer=viewer, period=STAY, **mine) == ["published"]
    for viewer in (stranger, None):
        assert titles(session, viewer=viewer, **mine) == ["published"]
    assert titles(session, viewer=host) == ["published"]
    assert titles(session, viewer=host, box=VILLAGE, words="dra", **mine) == ["draft"]


# --- around a point


def test_around_a_point_the_nearest_comes_first_free_or_not(session: Session) -> None:
    host = owen(session)
    made = crowd(session, host, [Point(lat=40.7290 + n / 1000, lng=-73.9888) for n in range(6)])
    blocks.replace(session, space=made[0], blocks=[Blocked(STAY)], now=NOW)
    seen: list[UUID] = []
    after = None
    while True:
        page = listing.nearest(session, point=HERE, radius_m=480, limit=2, after=after)
        seen += [item.id for item in page.items]
        after = page.after
        if after is None:
            break
    assert seen == [one.id for one in made[:5]]
    (found, *_) = listing.nearest(session, point=HERE, radius_m=100).items
    assert (found.distance_m, found.total, found.free) == (pytest.approx(0, abs=1), None, None)
    lots = Filters(kinds=frozenset({SpaceKind.LOT}))
    assert not listing.nearest(session, point=HERE, radius_m=9000, filters=lots).items


# --- what makes no sense


def test_what_makes_no_sense_is_refused(session: Session) -> None:
    prices = Filters(most=Money(100, "USD"))
    for wrong in (
        lambda: newest(session, filters=prices),
        lambda: listing.nearest(session, point=HERE, radius_m=1, filters=prices),
    ):
        with pytest.raises(StayNeeded):
            wrong()
    with pytest.raises(PeriodPast):
        newest(session, period=period(-5, 1))
    with pytest.raises(RadiusTooWide):
        listing.nearest(session, point=HERE, radius_m=200_000)
    with pytest.raises(BadCursor):
        listing.nearest(session, point=HERE, radius_m=1, after="x")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.booleans()), max_size=8))
def test_listed_for_a_stay_is_what_could_be_booked_then(
    session: Session, made: list[tuple[int, int, bool]]
) -> None:
    with session.begin_nested() as trial:
        host = owen(session)
        expected: list[tuple[UUID, int]] = []
        for capacity, blocked, listed in made:
            status = SpaceStatus.PUBLISHED if listed else SpaceStatus.PAUSED
            lot = space(session, host, capacity=capacity, status=status)
            for bay in range(1, blocked + 1):
                take(session, lot, period(2, 1), bay=bay)
            free = free_bays(session, space_id=lot.id, period=STAY, now=NOW)
            if listed and free:
                expected.append((lot.id, free))
        found = newest(session, period=STAY, limit=100).items
        assert [(item.id, item.free) for item in found] == expected[::-1]
        trial.rollback()


def test_it_asks_as_often_for_thirty_as_for_one(session: Session) -> None:
    few, many = owen(session), sam(session)
    space(session, few)
    for _ in range(30):
        space(session, many)

    def sent_for(host: User, **asked: Any) -> int:
        filters = Filters(host_id=host.id, **asked.pop("narrow", {}))
        with statements() as sent:
            newest(session, filters=filters, limit=100, **asked)
        return len(sent)

    for asked, count in (
        ({}, 1),
        ({"viewer": few}, 1),
        ({"narrow": {"box": VILLAGE}}, 2),
        ({"narrow": {"words": "garage"}}, 2),
        ({"narrow": {"words": "st 12"}}, 2),
        ({"narrow": {"kinds": frozenset({SpaceKind.GARAGE})}}, 2),
        ({"period": STAY}, 2),
        ({"period": STAY, "narrow": {"most": Money(9000, "USD")}}, 3),
    ):
        assert sent_for(few, **dict(asked)) == sent_for(many, **dict(asked)) == count
