import asyncio

from sqlmodel import Session

from parkplace.accounts import sessions
from parkplace.accounts.models import User, UserSession
from parkplace.accounts.origin import Origin
from parkplace.core import clock
from parkplace.web.pages.account.sessions_state import SessionsState
from parkplace.web.pages.account.state import AccountState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def elsewhere(session: Session, user: User) -> UserSession:
    """Somebody's sign-in at another place."""
    origin = Origin.of(address="203.0.113.77", device=FIREFOX)
    opened, _ = sessions.open_session(session, user=user, origin=origin, now=clock.utc_now())
    session.commit()
    return opened


def tab(session: Session, user: User) -> SessionsState:
    state = at(SessionsState(), "/account/safety", cookie=cookie(session, user))
    asyncio.run(state.load())
    return state


def test_devices_are_named_with_a_range_and_this_one_comes_first(session: Session) -> None:
    dana = make.dana(session)
    other = elsewhere(session, dana)

    here, there = tab(session, dana).devices

    assert (here.here, here.facts) == (True, "in use now")
    assert (there.id, there.name) == (str(other.id), "Firefox on Linux")
    assert there.facts == "from 203.0.113.0/24 · last used a moment ago"


def test_one_or_all_others_are_signed_out(session: Session) -> None:
    dana = make.dana(session)
    first = elsewhere(session, dana)
    state = tab(session, dana)

    said, focus = asyncio.run(all_of(state.end(str(first.id))))
    assert focus == "focus devices"
    assert "That device is signed out." in said
    assert (len(state.devices), state.elsewhere) == (1, False)

    elsewhere(session, dana)
    elsewhere(session, dana)
    asyncio.run(all_of(state.end_others()))
    assert [device.here for device in state.devices] == [True]


def test_nobody_signs_others_out(session: Session) -> None:
    hers = elsewhere(session, make.dana(session))
    state = tab(session, make.sam(session))

    for claimed in (str(hers.id), "nonsense"):
        [said] = asyncio.run(all_of(state.end(claimed)))
        assert "There is no such session." in said
    assert session.get(UserSession, hers.id) is not None


def test_a_stranger_is_asked_in(session: Session) -> None:
    account = at(AccountState(), "/account")
    asyncio.run(account.begin())
    assert account.stage == "waiting"
    asyncio.run(account.load())
    assert account.stage == "stranger"

    at(account, "/account", cookie=cookie(session, make.dana(session)))
    asyncio.run(account.load())
    assert (account.stage, account.ready) == ("known", "/account")
