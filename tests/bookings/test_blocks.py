from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from parkplace.accounts.models import User
from parkplace.bookings import blocks, holding, service
from parkplace.bookings.access import Caller
from parkplace.bookings.blocks import (
    BadBlock,
    Blocked,
    BlockMeetsBookings,
    OverlappingBlocks,
    TooManyBlocks,
)
from parkplace.bookings.models import Block, Occupancy
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.pins import pins
from parkplace.bookings.search import free_bays, near
from parkplace.core.errors import Invalid
from parkplace.core.geo import Box, Point
from parkplace.core.texts import TextTooLong
from parkplace.spaces import drafts
from parkplace.spaces import service as spaces
from parkplace.spaces.models import Space
from tests.factories import HOUR, NOW, confirmed, dana, held, owen, period, sam, space

TONIGHT = period(6, 4)


def say(session: Session, where: Space, *said: Blocked, **asked: Any) -> None:
    blocks.replace(session, space=where, blocks=said, **({"now": NOW} | asked))


def said(session: Session, where: Space) -> list[Blocked]:
    return blocks.ahead(session, space_id=where.id, now=NOW)


def free(session: Session, where: Space, **asked: Any) -> int:
    return free_bays(session, space_id=where.id, now=NOW, **({"period": TONIGHT} | asked))


def taken(session: Session, where: Space) -> int:
    query = select(func.count()).where(col(Occupancy.space_id) == where.id)
    return session.exec(query).one()


def test_what_is_blocked_is_not_free_anywhere(session: Session) -> None:
    garage = space(session, owen(session))
    say(session, garage, Blocked(TONIGHT, note="The gate is painted."))

    assert said(session, garage) == [Blocked(TONIGHT, None, "The gate is painted.")]
    assert free(session, garage) == 0
    here = Point(lat=garage.lat, lng=garage.lng)
    asked: dict[str, Any] = {"period": TONIGHT, "now": NOW}
    assert not near(session, point=here, radius_m=500, **asked).items
    box = Box(west=-74.02, south=40.70, east=-73.96, north=40.76)
    assert pins(session, box=box, zoom=17, **asked).total == 0
    with pytest.raises(SpaceTaken):
        held(session, garage, dana(session), TONIGHT)
    assert held(session, garage, sam(session), period(2, 4))


def test_a_block_of_some_bays_leaves_the_others(session: Session) -> None:
    lot = space(session, owen(session), capacity=3)
    say(session, lot, Blocked(TONIGHT, (3, 1, 1)))

    assert said(session, lot) == [Blocked(TONIGHT, (1, 3))]
    assert free(session, lot) == 1
    assert held(session, lot, dana(session), TONIGHT).bay == 2


def test_what_is_said_anew_replaces_what_was_said_and_is_not_over(session: Session) -> None:
    lot = space(session, owen(session), capacity=2)
    say(session, lot, Blocked(TONIGHT), Blocked(period(30, 1), (2,)))
    say(session, lot, Blocked(period(1, 1)))
    assert (free(session, lot), taken(session, lot)) == (2, 2)

    # What was, was: the first of these is over when the second is said.
    say(session, lot, Blocked(period(8, 1)), now=NOW + 3 * HOUR)
    assert len(session.exec(select(Block)).all()) == 2
    say(session, lot, now=NOW + 3 * HOUR)
    assert [row.starts_at for row in session.exec(select(Block))] == [NOW + HOUR]


def test_nobodys_booking_is_blocked_away(session: Session) -> None:
    lot = space(session, owen(session), capacity=2)
    booking = confirmed(session, lot, dana(session), TONIGHT)
    say(session, lot, Blocked(period(1, 2)))

    with pytest.raises(BlockMeetsBookings) as refused, session.begin_nested():
        say(session, lot, Blocked(TONIGHT))
    assert booking.reference in refused.value.message
    assert refused.value.details == {"bookings": booking.reference, "count": "1"}
    assert booking.bay == 1
    say(session, lot, Blocked(TONIGHT, (2,)))
    assert free(session, lot) == 0


def test_a_hold_that_has_run_out_is_in_nobodys_way(session: Session) -> None:
    garage = space(session, owen(session))
    held(session, garage, dana(session), TONIGHT)
    say(session, garage, Blocked(TONIGHT), now=NOW + timedelta(minutes=11))
    assert taken(session, garage) == 1


def test_many_bookings_in_the_way_are_counted_and_some_named(session: Session) -> None:
    lot = space(session, owen(session), capacity=30)
    for number in range(25):
        holding.hold(
            session,
            caller=Caller(),
            space_id=lot.id,
            period=TONIGHT,
            email=f"guest{number}@example.com",
            now=NOW,
        )
    with pytest.raises(BlockMeetsBookings, match="and others") as refused:
        say(session, lot, Blocked(TONIGHT))
    assert refused.value.details["count"] == "25"
    assert len(refused.value.details["bookings"].split(", ")) == 20


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ([Blocked(period(-3, 2))], BadBlock, "blocks.0.ends_at"),
        ([Blocked(TONIGHT, ())], BadBlock, "blocks.0.bays"),
        ([Blocked(TONIGHT, (0,))], BadBlock, "blocks.0.bays"),
        ([Blocked(TONIGHT, (4,))], BadBlock, "blocks.0.bays"),
        ([Blocked(TONIGHT, note="x" * 201)], TextTooLong, "blocks.0.note"),
        ([Blocked(TONIGHT), Blocked(period(9, 4), (2,))], OverlappingBlocks, "blocks.1"),
        ([Blocked(TONIGHT, (1, 2)), Blocked(TONIGHT, (2, 3))], OverlappingBlocks, "blocks.1"),
        ([Blocked(period(n, 1)) for n in range(201)], TooManyBlocks, "blocks"),
    ],
)
def test_blocks_that_make_no_sense_are_refused(
    session: Session, wrong: list[Blocked], error: type[Invalid], field: str
) -> None:
    lot = space(session, owen(session), capacity=3)
    with pytest.raises(error) as refused:
        say(session, lot, *wrong)
    assert refused.value.field == field
    assert taken(session, lot) == 0


def test_a_lot_of_ten_thousand_bays_is_blocked_twice_but_not_for_ever(session: Session) -> None:
    airport = space(session, owen(session), capacity=10_000)
    with pytest.raises(TooManyBlocks, match="use exceptions"):
        say(session, airport, *(Blocked(period(n, 1)) for n in range(3)))


def test_blocks_may_touch_and_share_a_time_but_no_bay(session: Session) -> None:
    lot = space(session, owen(session), capacity=2)
    say(session, lot, Blocked(TONIGHT, (1,)), Blocked(TONIGHT, (2,)), Blocked(period(10, 1)))
    assert taken(session, lot) == 4


def test_a_block_that_has_begun_may_stay(session: Session) -> None:
    garage = space(session, owen(session))
    say(session, garage, Blocked(period(-2, 4)))
    say(session, garage, *said(session, garage))
    assert taken(session, garage) == 1


# --- more bays and fewer


def grow(session: Session, where: Space, host: User, capacity: int) -> None:
    draft = replace(drafts.draft_of(session, space=where), capacity=capacity)
    spaces.edit(session, actor=host, space_id=where.id, draft=draft, now=NOW)


def test_bays_that_are_added_are_blocked_like_the_rest(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=2)
    say(session, lot, Blocked(TONIGHT), Blocked(period(30, 1), (1,)))
    grow(session, lot, host, 4)
    assert free(session, lot) == 0
    assert free(session, lot, period=period(30, 1)) == 3


def test_bays_that_are_gone_take_none_of_those_that_are_left(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=3)
    say(session, lot, Blocked(TONIGHT, (3,)))
    grow(session, lot, host, 1)
    here = Point(lat=lot.lat, lng=lot.lng)
    asked: dict[str, Any] = {"period": TONIGHT, "now": NOW}
    assert free(session, lot) == 1
    assert [item.free for item in near(session, point=here, radius_m=500, **asked).items] == [1]
    for zoom in (10, 17):
        box = Box(west=-74.02, south=40.70, east=-73.96, north=40.76)
        assert pins(session, box=box, zoom=zoom, **asked).total == 1
        assert pins(session, box=box, zoom=zoom, exact_most=0, **asked).total == 1
    assert held(session, lot, dana(session), TONIGHT).bay == 1


def test_who_booked_a_bay_that_is_added_again_keeps_it(session: Session) -> None:
    host = owen(session)
    lot = space(session, host, capacity=2)
    first = confirmed(session, lot, dana(session), TONIGHT)
    second = confirmed(session, lot, sam(session), TONIGHT)
    service.cancel(session, booking_id=first.id, caller=Caller(user=host), now=NOW)
    grow(session, lot, host, 1)
    # Bay 2 is none of the bays there are, so nobody's stay is in the way of a block of all.
    say(session, lot, Blocked(TONIGHT))
    grow(session, lot, host, 2)
    assert taken(session, lot) == 2
    query = select(Occupancy.bay).where(col(Occupancy.booking_id) == second.id)
    assert session.exec(query).one() == 2


# --- tidying


def test_what_is_over_frees_its_bays_and_is_forgotten_after_a_year(session: Session) -> None:
    garage = space(session, owen(session))
    say(session, garage, Blocked(TONIGHT), Blocked(period(30, 1)))

    blocks.tidy(session, now=NOW + 20 * HOUR)
    assert taken(session, garage) == 1
    assert len(blocks.of_space(session, space_id=garage.id, during=period(0, 24))) == 1

    blocks.tidy(session, now=NOW + timedelta(days=410))
    assert not session.exec(select(Block)).all()
