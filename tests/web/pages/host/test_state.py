import asyncio

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.core.ids import new_id
from parkplace.spaces.models import SpaceStatus
from parkplace.web.pages.host import reading
from parkplace.web.pages.host.state import HostState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie


def opened(session: Session, user: User, address: str = "/host") -> HostState:
    state = at(HostState(), address, cookie=cookie(session, user))
    asyncio.run(state.load())
    return state


def test_a_stranger_is_asked_to_sign_in(session: Session) -> None:
    assert session
    state = at(HostState(), "/host")
    asyncio.run(state.load())
    assert (state.stage, state.rows) == ("stranger", [])


def test_somebody_without_spaces_is_told_what_to_do(session: Session) -> None:
    owen, dana = make.owen(session), make.dana(session)
    make.space(session, owen)
    assert opened(session, dana).stage == "empty"


def test_hosts_see_their_own_spaces_the_newest_first(session: Session) -> None:
    owen, sam = make.owen(session), make.sam(session)
    make.space(session, owen)
    make.space(
        session, owen, title="<b>Lot</b>", status=SpaceStatus.DRAFT, hour_minor=0,
        day_cap_minor=None, capacity=1200,
    )  # fmt: skip
    make.space(session, owen, title="Gone", status=SpaceStatus.RETIRED)
    make.space(session, sam, title="Sam's")

    lot, garage = opened(session, owen).rows

    assert (lot.name, lot.status, lot.rate) == ("<b>Lot</b>", "Draft, only you see it", "Free")
    assert "1,200 bays" in lot.facts
    assert (garage.status, garage.rate, garage.published) == ("Published", "$4.00", True)


def test_the_list_has_pages(session: Session) -> None:
    owen = make.owen(session)
    for number in range(reading.PAGE + 1):
        make.space(session, owen, title=f"Lot {number}")

    newest = opened(session, owen)
    assert newest.rows[0].name == f"Lot {reading.PAGE}"
    assert newest.rows[-1].name == "Lot 1"

    oldest = opened(session, owen, newest.older)
    assert [row.name for row in oldest.rows] == ["Lot 0"]
    assert (oldest.older, oldest.further) == ("", True)


def test_a_draft_is_published_and_paused_again(session: Session) -> None:
    owen = make.owen(session)
    lot = make.space(session, owen, status=SpaceStatus.DRAFT)
    state = opened(session, owen)

    [said] = asyncio.run(all_of(state.publish(str(lot.id))))
    assert "Published" in said
    assert [row.published for row in state.rows] == [True]

    [said] = asyncio.run(all_of(state.pause(str(lot.id))))
    assert "Paused" in said
    assert [row.published for row in state.rows] == [False]
    assert state.busy == ""


def test_a_host_verifies_their_address_before_they_publish(session: Session) -> None:
    owen = make.person(session, "Owen", is_host=True, email_verified_at=None)
    lot = make.space(session, owen, status=SpaceStatus.DRAFT)
    state = opened(session, owen)

    [said] = asyncio.run(all_of(state.publish(str(lot.id))))

    assert "Verify your e-mail address first" in said
    assert [row.published for row in state.rows] == [False]


def test_nobody_changes_what_is_not_theirs(session: Session) -> None:
    owen, sam = make.owen(session), make.sam(session)
    garage = make.space(session, owen)
    session.commit()

    for state in (opened(session, sam), at(HostState(), "/host")):
        for named in (str(garage.id), str(new_id()), "nonsense"):
            [said] = asyncio.run(all_of(state.pause(named)))
            assert "wrong" in said

    session.refresh(garage)
    assert garage.status == SpaceStatus.PUBLISHED
