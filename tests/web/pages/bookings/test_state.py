import asyncio
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from parkplace.spaces.models import Space
from parkplace.web.pages.bookings.state import AT_MY_SPACES, BookingsState
from tests import factories as make
from tests.factories import NOW, period
from tests.web.pages.visiting import all_of, at, cookie, readable

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def dana(session: Session) -> User:
    return make.dana(session)


@pytest.fixture
def owen(session: Session) -> User:
    return make.owen(session)


@pytest.fixture
def lot(session: Session, owen: User) -> Space:
    return make.space(session, owen, capacity=50)


def page(session: Session, user: User | None, address: str = "/bookings") -> BookingsState:
    """The page, loaded."""
    state = at(BookingsState(), address, cookie=cookie(session, user) if user else "")
    asyncio.run(all_of(state.load()))
    return state


def fresh(session: Session, booking: Booking) -> Booking:
    session.expire_all()
    return session.get_one(Booking, booking.id)


def called(answer: Any) -> str:
    return readable(asyncio.run(answer))


def test_who_is_signed_out_is_asked_in(session: Session) -> None:
    assert page(session, None).stage == "out"


def test_bookings_are_now_upcoming_and_past(session: Session, dana: User, lot: Space) -> None:
    now = make.confirmed(session, lot, dana, period(0, 2))
    soon = make.held(session, lot, dana, period(3, 1))
    make.confirmed(session, lot, make.sam(session), period(0, 2))
    state = page(session, dana)
    assert (state.stage, state.nothing, state.hosts) == ("in", False, False)
    assert [row.id for row in state.current] == [str(now.id)]
    assert [row.id for row in state.upcoming] == [str(soon.id)]
    assert state.past == []
    assert state.topics == [f"booking:{now.id}", f"booking:{soon.id}"]


def test_nothing_yet_is_said(session: Session, dana: User) -> None:
    assert page(session, dana).nothing


def test_more_is_shown_page_by_page_and_stays_when_read_again(
    session: Session, dana: User, lot: Space
) -> None:
    for start in range(45):
        make.confirmed(session, lot, dana, period(1 + start / 4, 1))
    state = page(session, dana)
    seen = [len(state.upcoming)]
    while state.more["upcoming"]:
        asyncio.run(state.show_more("upcoming"))
        seen.append(len(state.upcoming))
    assert seen == [20, 40, 45]
    assert len({row.id for row in state.upcoming}) == 45
    asyncio.run(state.refresh())
    assert len(state.upcoming) == 45
    asyncio.run(state.show_more("nonsense"))


def test_a_page_listens_to_twenty_topics_at_most(session: Session, dana: User, owen: User) -> None:
    spaces = [make.space(session, owen, capacity=9) for _ in range(12)]
    for number in range(20):
        make.confirmed(session, spaces[0], dana, period(1 + 2 * number, 1))
    assert len(page(session, owen, AT_MY_SPACES).topics) <= 20


def test_owen_answers_requests_at_his_spaces(
    session: Session, dana: User, owen: User, lot: Space
) -> None:
    lot.instant = False
    session.add(lot)
    yes = make.confirmed(session, lot, dana, period(1, 1))
    no = make.confirmed(session, lot, dana, period(3, 1))
    state = page(session, owen, AT_MY_SPACES)
    assert (state.asks, [row.answers for row in state.upcoming]) == ("2", [True, True])
    called(state.approve(str(yes.id)))
    assert called(state.choose(str(no.id), "St Marks", "decline")).startswith("open ")
    called(state.decline())
    assert fresh(session, yes).status == BookingStatus.CONFIRMED
    assert fresh(session, no).status == BookingStatus.DECLINED


def test_dana_cancels_and_ends_from_the_list(session: Session, dana: User, lot: Space) -> None:
    now = make.confirmed(session, lot, dana, period(0, 2))
    soon = make.confirmed(session, lot, dana, period(3, 1))
    state = page(session, dana)
    called(state.choose(str(soon.id), "St Marks", "cancel-booking"))
    called(state.cancel())
    assert called(state.ask_to_leave(str(now.id), "St Marks")).startswith("open ")
    assert state.leaving.startswith("You pay $1.00 instead of $8.00.")
    called(state.leave())
    assert fresh(session, soon).status == BookingStatus.CANCELLED
    assert fresh(session, now).status == BookingStatus.COMPLETED


@pytest.mark.parametrize("claim", ["nonsense", "", "01a1feaf-0000-7000-8000-000000000000"])
def test_ids_from_the_browser_are_claims(
    session: Session, dana: User, lot: Space, claim: str
) -> None:
    theirs = make.confirmed(session, lot, make.sam(session), period(0, 2))
    state = page(session, dana)
    for booking_id in (claim, str(theirs.id)):
        called(state.choose(booking_id, "", "cancel-booking"))
        for handler in (state.cancel, state.leave, state.decline):
            assert "There is no such booking" in called(handler())
        assert "There is no such booking" in called(state.approve(booking_id))
        assert "There is no such booking" in called(state.ask_to_leave(booking_id, ""))
    assert called(state.choose(str(theirs.id), "", "another-dialog")) == "None"
    assert fresh(session, theirs).status == BookingStatus.CONFIRMED


def test_a_report_on_danas_car_is_shown_to_dana_and_owen(
    session: Session, dana: User, owen: User, lot: Space
) -> None:
    booking = make.confirmed(session, lot, dana, period(0, 2))
    booking.plate = "KLM4821"
    session.add(booking)
    reports.file(
        session,
        reporter=None,
        plate="klm 4821",
        kind=ReportKind.BLOCKING,
        description="It blocks the gate.",
        now=NOW,
    )
    for reader in (dana, owen):
        [notice] = page(session, reader).notices
        assert notice.title == "KLM4821: blocking the way"
    assert page(session, make.sam(session)).notices == []
