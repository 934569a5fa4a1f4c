"""Who a page knows, and what it still does once their session has ended."""

import asyncio

import pytest
from sqlmodel import Session, select

from parkplace.accounts import sessions
from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE
from parkplace.accounts.revoking import revoke, revoke_others
from parkplace.core.ids import new_id
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.web import session as web
from parkplace.web.frame import FrameState
from parkplace.web.pages.add_space.publishing import list_space
from parkplace.web.pages.add_space.state import AddSpaceState
from parkplace.web.pages.add_space.view import read
from parkplace.web.pages.bookings.state import BookingsState
from parkplace.web.pages.host.state import HostState
from parkplace.web.pages.reports.admin_state import AdminState
from parkplace.web.session import SignedOut
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.add_space.forms import DRIVEWAY
from tests.web.pages.visiting import COOKIE, all_of, at


class Tab:
    """A browser's tab that stays open while its session ends somewhere else."""

    def __init__(self, session: Session, user: User) -> None:
        self.session, self.user = session, user
        self.opened, self.token = sessions.open_session(
            session, user=user, origin=HERE, now=web.utc_now()
        )
        session.commit()
        self.cookie = f"{COOKIE}={self.token}"

    def end(self, how: str) -> None:
        if how == "revoked":
            revoke(
                self.session,
                user=self.user,
                session_id=self.opened.id,
                origin=HERE,
                now=web.utc_now(),
            )
        elif how == "all others revoked":
            kept = new_id()
            revoke_others(self.session, user=self.user, kept=kept, origin=HERE, now=web.utc_now())
        else:
            self.user.suspended_at = web.utc_now()
        self.session.commit()


def look(host: HostState, frame: FrameState, bookings: BookingsState) -> None:
    asyncio.run(host.load())
    asyncio.run(frame.load())
    asyncio.run(all_of(bookings.load()))


ENDS = pytest.mark.parametrize("how", ["revoked", "all others revoked", "suspended"])


@ENDS
def test_an_open_page_reads_nothing_more_from_its_next_event_on(session: Session, how: str) -> None:
    owen = make.owen(session)
    make.space(session, owen)
    tab = Tab(session, owen)
    host = at(HostState(), "/host", cookie=tab.cookie)
    bookings = at(BookingsState(), "/bookings", cookie=tab.cookie)
    frame = at(FrameState(), "/", cookie=tab.cookie)
    look(host, frame, bookings)
    assert (len(host.rows), frame.name) == (1, "Owen")
    assert bookings.stage == "in"

    tab.end(how)

    look(host, frame, bookings)
    assert (host.stage, host.rows, frame.name, frame.hosts) == ("stranger", [], "", False)
    assert bookings.stage == "out"


@ENDS
def test_an_open_page_changes_nothing_more(session: Session, how: str) -> None:
    owen = make.owen(session)
    garage = make.space(session, owen)
    tab = Tab(session, owen)
    host = at(HostState(), "/host", cookie=tab.cookie)
    asyncio.run(host.load())
    tab.end(how)

    [said] = asyncio.run(all_of(host.pause(str(garage.id))))
    assert "You are signed out" in said
    draft = read(DRIVEWAY).draft
    assert draft is not None
    with pytest.raises(SignedOut):
        list_space(
            session, token=tab.token, draft=draft, pictures=[], listed=True, key="k", now=NOW
        )
    listing = at(AddSpaceState(), "/spaces/add", cookie=tab.cookie)
    asyncio.run(all_of(listing.load()))
    assert listing.stage == "stranger"
    session.expire_all()
    assert [space.status for space in session.exec(select(Space))] == [SpaceStatus.PUBLISHED]


@ENDS
def test_an_admins_page_is_closed_too(session: Session, how: str) -> None:
    tab = Tab(session, make.ada(session))
    state = at(AdminState(), "/admin", cookie=tab.cookie)
    asyncio.run(state.load())
    known = state.stage
    tab.end(how)
    asyncio.run(state.load())
    assert known != state.stage == "stranger"


def test_a_page_knows_which_session_is_its_own(session: Session) -> None:
    tab = Tab(session, make.dana(session))
    own = web.own_session(session, tab.token)
    assert own is not None
    assert (own.user, own.session_id) == (tab.user, tab.opened.id)
    assert web.own_session(session, None) is None
    tab.end("revoked")
    with pytest.raises(SignedOut):
        web.require_user(session, tab.token)


def test_a_page_knows_from_where_somebody_acts() -> None:
    origin = web.origin(at(FrameState(), "/", device="curl/8"))
    assert origin.address.startswith("tab-")
    assert (origin.device, origin.network) == ("curl/8", "")
