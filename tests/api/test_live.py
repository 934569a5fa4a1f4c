"""Open pages hear that something changed, and nothing about what it is."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from parkplace.accounts import sessions, tokens
from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.revoking import revoke
from parkplace.accounts.sessions import SignedIn
from parkplace.api import live
from parkplace.bookings.models import Booking
from parkplace.core import clock
from parkplace.core.db import notify, sql, transaction
from parkplace.core.geo import Point, area_topic
from parkplace.core.ids import new_id
from parkplace.core.live import hub
from parkplace.core.live_tickets import with_ticket
from parkplace.core.settings import get_settings
from parkplace.people.standing import suspend
from parkplace.spaces.models import Space
from tests import databases
from tests import factories as make
from tests.api.conftest import the_api
from tests.api.streams import PATIENCE, listening
from tests.factories import NOW, period

Result = TypeVar("Result")


class Case:
    """Dana's booking and a guest's in Owen's garage, and everybody who might ask about them."""

    def __init__(self) -> None:
        with transaction() as session:
            self.owen, self.dana = make.owen(session), make.dana(session)
            self.sam, self.ada = make.sam(session), make.ada(session)
            self.garage: Space = make.space(session, self.owen, capacity=9)
            self.booking: Booking = make.held(session, self.garage, self.dana, period(1, 3))
            self.guests: Booking = make.held(session, self.garage, None, period(1, 3))


@pytest.fixture(scope="module")
def case(database_server: str) -> Generator[Case]:
    """A database in which commits are real, because nothing else is signalled."""
    with databases.fresh_database(database_server) as url, databases.pointed_at(url):
        yield Case()


@pytest.fixture
def api(case: Case) -> Generator[FastAPI]:
    assert case
    yield the_api()
    hub().close()


def run(story: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(story)


def signal(*topics: str) -> None:
    with transaction() as session:
        for topic in topics:
            notify(session, topic=topic)


def topic() -> str:
    return f"space:{new_id()}"


def bearer(user: User) -> dict[str, str]:
    with transaction() as session:
        pair = tokens.issue(session, user=user, origin=Origin(device="test"), now=NOW)
    return {"Authorization": f"Bearer {pair.access_token}"}


def test_a_signal_arrives_with_its_topic_and_nothing_else(api: FastAPI) -> None:
    garage = topic()

    async def story() -> None:
        async with listening(api, [garage, topic()]) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            signal(topic())
            signal(garage)
            assert await stream.heard() == garage
            assert not stream.waiting()

    run(story())


def test_what_is_rolled_back_is_not_heard(api: FastAPI) -> None:
    garage, after = topic(), topic()

    async def story() -> None:
        async with listening(api, [garage, after]) as stream:
            with transaction() as session:
                notify(session, topic=garage)
                session.rollback()
            signal(after)
            assert await stream.heard() == after

    run(story())


def test_a_hold_is_heard_by_maps_of_its_area_and_pages_of_its_space(
    api: FastAPI, case: Case
) -> None:
    garage = case.garage
    area = area_topic(Point(lat=garage.lat, lng=garage.lng))

    async def story() -> None:
        async with listening(api, [area, f"space:{garage.id}"]) as stream:
            with transaction() as session:
                make.held(session, garage, case.sam, period(1, 3))
            assert {await stream.heard(), await stream.heard()} == {area, f"space:{garage.id}"}

    run(story())


def test_many_signals_about_one_thing_gather(api: FastAPI) -> None:
    garage, last = topic(), topic()

    async def story() -> list[str]:
        async with listening(api, [garage, last]) as stream:
            for _ in range(200):
                signal(garage)
            signal(last)
            heard: list[str] = []
            while last not in heard:
                heard.append(await stream.heard())
            return heard

    assert 1 <= len(run(story())) < 50


def test_a_lost_connection_is_made_up_for(api: FastAPI) -> None:
    garage, other = topic(), topic()

    async def story() -> None:
        async with listening(api, [garage, other]) as stream:
            with transaction() as session:
                cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                mine = "datname = current_database() AND application_name = 'parkplace live'"
                assert sql(session, f"{cut} WHERE {mine}").all() == [(True,)]
            assert {await stream.heard(), await stream.heard()} == {garage, other}
            signal(garage)
            assert await stream.heard() == garage

    run(story())


def test_a_thousand_pages_share_one_connection(api: FastAPI) -> None:
    garage = topic()

    async def story() -> int:
        async with AsyncExitStack() as pages:
            streams = await asyncio.gather(
                *(pages.enter_async_context(listening(api, [garage])) for _ in range(1000))
            )
            signal(garage)
            heard = await asyncio.gather(*(stream.heard() for stream in streams))
            assert set(heard) == {garage}
            with transaction() as session:
                live = "datname = current_database() AND application_name = 'parkplace live'"
                count = f"SELECT count(*) FROM pg_stat_activity WHERE {live}"  # noqa: S608
                return sql(session, count).scalar_one()

    assert run(story()) == 1


def test_streams_end_with_the_process(api: FastAPI) -> None:
    async def story() -> None:
        async with listening(api, [topic()]) as stream:
            hub().close()
            await asyncio.wait_for(stream.ended.wait(), 10)
        async with listening(api, [topic()]) as again:
            assert again.status == 200

    run(story())


async def _status(api: FastAPI, asked: str, headers: dict[str, str] | None = None) -> int:
    async with listening(api, [asked], headers) as stream:
        return stream.status


def test_a_booking_is_heard_by_whoever_may_see_it(api: FastAPI, case: Case) -> None:
    dana, owen, ada, sam = (bearer(user) for user in (case.dana, case.owen, case.ada, case.sam))
    guest = {"Authorization": f"Bearer {manage_token(case.guests.id)}"}

    async def story() -> None:
        hers = f"booking:{case.booking.id}"
        assert [await _status(api, hers, who) for who in (dana, owen, ada)] == [200, 200, 200]
        assert [await _status(api, hers, who) for who in (sam, guest, None)] == [404, 404, 404]
        assert await _status(api, f"booking:{case.guests.id}", guest) == 200

    run(story())


def test_the_cookie_is_enough_for_a_page(api: FastAPI, case: Case) -> None:
    with transaction() as session:
        _, token = sessions.open_session(
            session, user=case.dana, origin=Origin(device="test"), now=NOW
        )
    cookie = {"Cookie": f"{get_settings().session_cookie}={token}"}

    async def story() -> None:
        assert await _status(api, f"booking:{case.booking.id}", cookie) == 200
        assert await _status(api, f"user:{case.dana.id}", cookie) == 200
        assert await _status(api, f"user:{case.sam.id}", cookie) == 403

    run(story())


def test_a_stream_ends_with_its_session(api: FastAPI, case: Case) -> None:
    assert api

    async def story(ends: Callable[[Session, SignedIn], None]) -> None:
        with transaction() as session:
            opened, _ = sessions.open_session(
                session, user=case.dana, origin=Origin(device="test"), now=clock.utc_now()
            )
        own = SignedIn(case.dana, opened.id, opened.created_at)
        hers = f"booking:{case.booking.id}"
        stream = live.messages([hers], stands=live.standing(own), every=0.1)
        assert (await anext(stream)).comment == "listening"
        heard = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.3)
        signal(hers)
        assert (await asyncio.wait_for(heard, PATIENCE)).data == hers
        with transaction() as session:
            ends(session, own)
        signal(hers)
        # It looks again although there is always something to say.
        while (last := await asyncio.wait_for(anext(stream, None), PATIENCE)) is not None:
            assert last.data == hers
            signal(hers)

    def revoked(session: Session, own: SignedIn) -> None:
        revoke(session, user=own.user, session_id=own.session_id, origin=HERE, now=clock.utc_now())

    def kept_out(session: Session, own: SignedIn) -> None:
        session.get_one(User, own.user.id).suspended_at = clock.utc_now()

    def back(session: Session, own: SignedIn) -> None:
        session.get_one(User, own.user.id).suspended_at = None

    run(story(revoked))
    run(story(kept_out))
    with transaction() as session:
        back(session, SignedIn(case.dana, new_id(), NOW))


def test_a_stream_of_nobody_has_no_session_to_lose(api: FastAPI) -> None:
    assert api
    garage = topic()

    async def story() -> None:
        stream = live.messages([garage], stands=live.standing(None), every=0.05)
        await anext(stream)
        heard = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.3)
        signal(garage)
        assert (await asyncio.wait_for(heard, PATIENCE)).data == garage
        await stream.aclose()

    run(story())


def test_streams_look_again_well_within_a_minute() -> None:
    assert live.LOOK_AGAIN <= 45


def test_a_guests_page_has_a_ticket_for_its_booking_alone(api: FastAPI, case: Case) -> None:
    ticket = with_ticket(f"booking:{case.guests.id}", now=NOW)

    async def story() -> None:
        async with listening(api, [ticket]) as stream:
            assert stream.status == 200
            signal(f"booking:{case.guests.id}")
            assert await stream.heard() == f"booking:{case.guests.id}"
        forged = ticket.replace(str(case.guests.id), str(case.booking.id))
        assert await _status(api, forged) in {403, 404, 422}

    run(story())


def test_a_ticket_that_is_over_is_not_asked_with_again(api: FastAPI, case: Case) -> None:
    ticket = with_ticket(f"booking:{case.guests.id}", now=NOW - timedelta(days=3))
    assert run(_status(api, ticket)) == 204


@pytest.mark.parametrize(
    "asked",
    ["", "weather", "space:", "space:1", "area:1", "area:256/1", "area:-1/1", "area:²/1", "x:y"],
)
def test_topics_there_are_not_are_refused(api: FastAPI, asked: str) -> None:
    assert run(_status(api, asked)) == 422


def test_twenty_topics_are_enough(api: FastAPI) -> None:
    async def open_(count: int) -> int:
        async with listening(api, [topic() for _ in range(count)]) as stream:
            return stream.status

    assert run(open_(20)) == 200
    assert run(open_(21)) == 422
    assert run(open_(0)) == 422


def test_the_streams_of_who_is_suspended_end_and_nobody_elses(api: FastAPI, case: Case) -> None:
    with transaction() as session:
        eve = make.person(session, "Eve")
    garage = topic()

    async def story() -> None:
        everybody = [garage]
        async with (
            listening(api, everybody, bearer(eve)) as hers,
            listening(api, everybody, bearer(case.sam)) as his,
            listening(api, everybody) as nobodys,
        ):
            with transaction() as session:
                suspend(
                    session, admin=case.ada, user_id=eve.id, why="Why.", origin=Origin(), now=NOW
                )
            await asyncio.wait_for(hers.ended.wait(), PATIENCE)
            assert hers.waiting() == []
            signal(garage)
            for stream in (his, nobodys):
                assert await stream.heard() == garage
                assert not stream.ended.is_set()

    run(story())
    assert run(_status(api, garage, bearer(eve))) == 401
