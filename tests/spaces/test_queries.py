from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from parkplace.core import db
from parkplace.core.money import Money
from parkplace.spaces import queries
from parkplace.spaces.hours import Interval, merged
from parkplace.spaces.models import SpacePhoto, SpaceStatus
from parkplace.spaces.queries import SpaceNotFound
from parkplace.spaces.schedules import intern_schedule
from tests.factories import NEW_YORK, NOW, ada, dana, owen, sam, space

WEEKDAYS = merged([Interval(day, 9 * 60, 18 * 60) for day in range(5)])


def test_a_listed_space_is_shown_to_everybody_without_how_to_get_in(session: Session) -> None:
    host = owen(session)
    schedule_id = intern_schedule(session, hours=WEEKDAYS, timezone=NEW_YORK, now=NOW)
    garage = space(
        session, host, schedule_id=schedule_id, tags=["ev"], instructions="The code is 4711."
    )

    for viewer in (None, dana(session)):
        seen = queries.space(session, space_id=garage.id, viewer=viewer)
        assert seen.title == "St Marks Place garage"
        assert seen.host_name == "Owen"
        assert (seen.hour, seen.day_cap) == (Money(400, "USD"), Money(2700, "USD"))
        assert seen.hours == WEEKDAYS
        assert seen.tags == ("ev",)
        assert seen.photos == ()
        assert (seen.instructions, seen.mine) == ("", False)

    own = queries.space(session, space_id=garage.id, viewer=host)
    assert (own.instructions, own.mine) == ("The code is 4711.", True)


@pytest.mark.parametrize("status", [SpaceStatus.DRAFT, SpaceStatus.PAUSED, SpaceStatus.RETIRED])
def test_an_unlisted_space_is_its_hosts_and_the_admins_alone(
    session: Session, status: SpaceStatus
) -> None:
    host = owen(session)
    garage = space(session, host, status=status)

    for viewer in (None, sam(session)):
        with pytest.raises(SpaceNotFound):
            queries.space(session, space_id=garage.id, viewer=viewer)
    for viewer in (host, ada(session)):
        assert queries.space(session, space_id=garage.id, viewer=viewer).status == status


def test_what_is_gone_for_good_may_be_gone_for_its_host_too(session: Session) -> None:
    host = owen(session)
    gone = space(session, host, status=SpaceStatus.RETIRED)
    paused = space(session, host, status=SpaceStatus.PAUSED)
    with pytest.raises(SpaceNotFound):
        queries.space(session, space_id=gone.id, viewer=host, with_retired=False)
    seen = queries.space(session, space_id=paused.id, viewer=host, with_retired=False)
    assert seen.status == SpaceStatus.PAUSED


def test_tags_are_counted_over_what_is_published(session: Session) -> None:
    host = owen(session)
    for tags in (["ev", "lit"], ["ev"], ["covered"]):
        space(session, host, tags=tags)
    space(session, host, tags=["covered"], status=SpaceStatus.PAUSED)
    assert queries.tags(session) == [("ev", 2), ("covered", 1), ("lit", 1)]


def test_a_space_that_is_none_is_not_found(session: Session) -> None:
    with pytest.raises(SpaceNotFound):
        queries.space(session, space_id=owen(session).id)


def test_a_hosts_spaces_come_newest_first_page_by_page(session: Session) -> None:
    host = owen(session)
    made = [space(session, host, title=f"number {number}") for number in range(5)]
    space(session, host, status=SpaceStatus.RETIRED)
    space(session, sam(session))

    first = queries.by_host(session, host=host, limit=3)
    second = queries.by_host(session, host=host, limit=3, after=first[-1].id)

    assert [seen.id for seen in first + second] == [row.id for row in reversed(made)]


def test_photos_come_in_order_and_all_at_once(session: Session) -> None:
    host = owen(session)
    for number in range(4):
        garage = space(session, host, title=f"number {number}")
        for position in (2, 0, 1):
            session.add(
                SpacePhoto(
                    space_id=garage.id,
                    position=position,
                    file_key=f"{number}-{position}",
                    width=1600,
                    height=900,
                    created_at=NOW,
                )
            )
    session.flush()
    session.expire_all()
    asked: list[str] = []

    def note(*seen: Any) -> None:
        asked.append(seen[2])

    event.listen(db.engine(), "before_cursor_execute", note)
    seen = queries.by_host(session, host=host)
    event.remove(db.engine(), "before_cursor_execute", note)

    keys = [[photo.key for photo in one.photos] for one in seen]
    assert keys == [[f"{number}-{position}" for position in range(3)] for number in (3, 2, 1, 0)]
    # One for the spaces, one for all their photos, one because the host was expired.
    assert 1 < len(asked) <= 3
