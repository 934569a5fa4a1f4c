import asyncio

from sqlmodel import Session, select

from parkplace.spaces.models import Space
from parkplace.web.pages.add_space.state import AddSpaceState
from tests import factories as make
from tests.web.pages.add_space.forms import DRIVEWAY, week
from tests.web.pages.visiting import all_of, at, cookie, hidden

ADDRESS = "/spaces/add"
SENT = "_sent"


def test_a_stranger_is_asked_to_sign_in_first(session: Session) -> None:
    assert session
    state = at(AddSpaceState(), ADDRESS)
    asyncio.run(all_of(state.load()))
    assert state.stage == "stranger"


def test_a_newcomer_verifies_their_address_first(session: Session) -> None:
    sam = make.person(session, "Sam", email_verified_at=None)
    state = at(AddSpaceState(), ADDRESS, cookie=cookie(session, sam))
    asyncio.run(all_of(state.load()))
    assert (state.stage, state.email) == ("unverified", "sam@example.com")

    sam.email_verified_at = make.NOW
    session.commit()
    asyncio.run(all_of(state.load()))
    assert state.stage == "ready"


def test_a_listing_goes_on_through_a_reload_until_it_is_sent(session: Session) -> None:
    state = at(AddSpaceState(), ADDRESS, cookie=cookie(session, make.owen(session)))

    asyncio.run(all_of(state.load()))
    assert state.stage == "ready"
    first = hidden(state, "_key")
    asyncio.run(all_of(state.load()))
    assert hidden(state, "_key") == first

    setattr(state, SENT, True)
    asyncio.run(all_of(state.load()))
    assert hidden(state, "_key") != first


def test_each_person_has_a_draft_of_their_own(session: Session) -> None:
    owen, sam = make.owen(session), make.sam(session)
    state = at(AddSpaceState(), ADDRESS, cookie=cookie(session, owen))
    asyncio.run(all_of(state.load()))
    owens = state.kept

    at(state, ADDRESS, cookie=cookie(session, sam))
    asyncio.run(all_of(state.load()))

    assert state.kept != owens


def test_the_deed_follows_what_is_typed() -> None:
    state = at(AddSpaceState(), ADDRESS)

    asyncio.run(state.typed(DRIVEWAY | week(mon=("18:00", "02:00"))))

    assert state.preview.price == "$13.50"
    assert state.notes == {"0": "Until Tuesday morning"}


def test_what_is_wrong_is_said_at_once_and_goes_when_it_is_right(session: Session) -> None:
    state = at(AddSpaceState(), ADDRESS, cookie=cookie(session, make.owen(session)))
    wrong = DRIVEWAY | {"title": "", "hour": "x"}

    [focus] = asyncio.run(all_of(state.submit(wrong)))

    assert "field-title" in focus
    assert (set(state.errors), state.wrong) == ({"title", "hour"}, 2)
    assert not state.pending
    assert not session.exec(select(Space)).all()

    # What is not typed yet is no new error, what is right now is none.
    asyncio.run(state.typed(wrong | {"hour": "4", "capacity": ""}))
    assert set(state.errors) == {"title"}


def test_the_focus_goes_to_a_field_that_can_take_it() -> None:
    state = at(AddSpaceState(), ADDRESS)
    for wrong, field in (
        ({"lat": ""}, "field-find"),
        ({"kind": ""}, "field-kind-street"),
        (week(), "field-open-0"),
        (week(wed=("09:00", "")), "field-opens-2"),
    ):
        [focus] = asyncio.run(all_of(state.submit(DRIVEWAY | wrong)))
        assert focus == f"focus {field}"
