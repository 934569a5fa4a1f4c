import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts.standing import person
from parkplace.bookings import search
from parkplace.bookings.quoting import SpaceNotFound, listed_space
from parkplace.core.db import sql, transaction
from parkplace.core.geo import Point
from parkplace.spaces import cells, hosts, photos, service
from parkplace.spaces.hosts import HostSuspended
from parkplace.spaces.models import Space, SpacePhoto, SpaceStatus
from parkplace.spaces.photos import Picture
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.factories import NOW, period

LATER = NOW + timedelta(hours=1)
EAST_VILLAGE = Point(lat=40.7290, lng=-73.9888)


def found(session: Session) -> set[str]:
    near = search.near(session, point=EAST_VILLAGE, radius_m=500, period=period(1, 2), now=NOW)
    return {one.title for one in near.items}


def statuses(session: Session) -> dict[str, str]:
    return dict(session.exec(select(Space.title, Space.status)).all())


def counted(session: Session) -> int:
    return sql(
        session, "SELECT coalesce(sum(spaces), 0) FROM space_cells WHERE zoom = 4"
    ).scalar_one()


def test_what_is_withheld_leaves_the_search_and_the_map_and_comes_back(session: Session) -> None:
    owen, sam = make.owen(session), make.sam(session)
    make.space(session, owen, title="Listed")
    make.space(session, owen, title="Paused", status=SpaceStatus.PAUSED)
    make.space(session, owen, title="Draft", status=SpaceStatus.DRAFT)
    make.space(session, sam, title="Another's")
    assert found(session) == {"Listed", "Another's"}
    assert hosts.withhold(session, host_id=owen.id, now=LATER) == 1
    assert found(session) == {"Another's"}
    assert counted(session) == 1
    assert hosts.listed(session, host_id=owen.id) == 0
    assert statuses(session) == {
        "Listed": "withheld", "Paused": "paused", "Draft": "draft", "Another's": "published",
    }  # fmt: skip
    assert hosts.give_back(session, host_id=owen.id, now=LATER) == 1
    assert found(session) == {"Listed", "Another's"}
    assert counted(session) == hosts.listed(session, host_id=owen.id) + 1 == 2
    assert cells.busiest(session) is not None


def test_what_is_withheld_cannot_be_booked_and_not_be_offered_by_an_admin(
    session: Session,
) -> None:
    owen, ada = make.owen(session), make.ada(session)
    garage = make.space(session, owen)
    booking = make.confirmed(session, garage, make.dana(session), period(1, 2))
    owen.suspended_at = NOW
    hosts.withhold(session, host_id=owen.id, now=NOW)
    session.refresh(garage)
    session.refresh(booking)
    assert booking.status == "confirmed"
    with pytest.raises(SpaceNotFound):
        listed_space(session, space_id=garage.id)
    with pytest.raises(HostSuspended):
        service.publish(session, actor=ada, space_id=garage.id, now=NOW)
    owen.suspended_at = None
    session.flush()
    assert service.publish(session, actor=ada, space_id=garage.id, now=NOW).status == "published"


def test_what_a_host_said_is_forgotten_and_where_receipts_say_is_not(session: Session) -> None:
    owen = make.owen(session)
    words: dict[str, Any] = {
        "title": "Owen's garage", "description": "Call Owen.", "instructions": "Ring Owen.",
        "source": "owens.csv", "external_id": "7", "tags": ["covered"],
    }  # fmt: skip
    booked = make.space(session, owen, **words)
    never = make.space(session, owen, **(words | {"external_id": "8"}))
    theirs = make.space(session, make.sam(session), title="Another's")
    for space in (booked, theirs):
        picture = Picture(f"{space.title[0].lower()}" * 64, 100, 100)
        host = owen if space is booked else make.person(session, "Tess", is_admin=True)
        photos.add(session, actor=host, space_id=space.id, picture=picture, now=NOW)
    assert hosts.forget(session, host_id=owen.id, kept=[booked.id], now=LATER) == ["o" * 64]
    for space in (booked, never, theirs):
        session.refresh(space)
    for space in (booked, never):
        assert space.status == "retired"
        assert "Owen" not in str(space.model_dump())
        assert (space.source, space.external_id, space.tags) == (None, None, [])
    assert (booked.address, booked.lat) == ("12 St Marks Place, New York", 40.7290)
    assert (never.address, never.neighbourhood, never.lat, never.lng) == ("", "", 41, -74)
    assert (theirs.title, theirs.status) == ("Another's", "published")
    assert [photo.space_id for photo in session.exec(select(SpacePhoto))] == [theirs.id]
    assert found(session) == {"Another's"}
    assert hosts.forget(session, host_id=owen.id, kept=[booked.id], now=LATER) == []


@pytest.mark.usefixtures("committed_database")
def test_a_space_is_not_offered_while_its_host_is_being_suspended() -> None:
    with transaction() as session:
        owen = make.owen(session)
        garage = make.space(session, owen, status=SpaceStatus.DRAFT)
    told: list[str] = []

    def offer() -> None:
        try:
            with transaction() as session:
                service.publish(session, actor=owen, space_id=garage.id, now=NOW)
        except HostSuspended as error:
            told.append(error.code)

    offering = threading.Thread(target=offer)
    with transaction() as session:
        # As a suspension does: the host's row first, then what is listed.
        row = session.get_one(type(owen), owen.id, with_for_update=True)
        row.suspended_at = NOW
        session.flush()
        offering.start()
        offering.join(0.3)
        assert offering.is_alive()
        hosts.withhold(session, host_id=owen.id, now=NOW)
    offering.join()
    assert told == ["host_suspended"]
    with transaction() as session:
        assert session.exec(select(Space.status)).one() == "draft"


@pytest.mark.usefixtures("committed_database")
def test_whoever_books_is_waited_for_before_a_host_is_forgotten() -> None:
    with transaction() as session:
        owen, dana = make.owen(session), make.dana(session)
        garage = make.space(session, owen)
    still = threading.Event()

    def hold_still() -> None:
        with transaction() as session:
            hosts.hold_still(session, host_id=owen.id)
            still.set()

    waiting = threading.Thread(target=hold_still)
    with transaction() as session:
        make.held(session, garage, dana, period(1, 2))
        waiting.start()
        assert not still.wait(0.3)
    waiting.join()
    assert still.is_set()


@pytest.mark.usefixtures("committed_database")
def test_whoever_comes_to_book_while_a_host_is_forgotten_finds_nothing() -> None:
    with transaction() as session:
        owen, dana = make.owen(session), make.dana(session)
        garage = make.space(session, owen)
    told: list[str] = []

    def book() -> None:
        try:
            with transaction() as session:
                make.held(session, garage, dana, period(1, 2))
        except SpaceNotFound as error:
            told.append(error.code)

    booking = threading.Thread(target=book)
    with transaction() as session:
        hosts.hold_still(session, host_id=owen.id)
        booking.start()
        booking.join(0.3)
        assert booking.is_alive()
        hosts.forget(session, host_id=owen.id, kept=[], now=NOW)
    booking.join()
    assert told == ["space_not_found"]
    with transaction() as session:
        assert session.exec(select(Space).where(col(Space.status) != "retired")).all() == []


@pytest.mark.usefixtures("committed_database")
def test_a_host_who_leaves_and_one_who_publishes_do_not_block_each_other() -> None:
    with transaction() as session:
        owen = make.owen(session)
        garage = make.space(session, owen, status=SpaceStatus.PAUSED)

    def offer(_: int) -> str:
        with transaction() as session:
            return service.publish(session, actor=owen, space_id=garage.id, now=NOW).status

    def pause(_: int) -> str:
        with transaction() as session:
            return service.pause(session, actor=owen, space_id=garage.id, now=NOW).status

    def hold(_: int) -> str:
        with transaction() as session:
            person(session, user_id=owen.id)
            hosts.hold_still(session, host_id=owen.id)
            return "held still"

    deeds = [offer, pause, hold] * 6
    told = at_once(lambda number: deeds[number](number), range(len(deeds)))
    assert told.count("held still") == 6
