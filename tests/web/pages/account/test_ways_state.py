import asyncio

from sqlmodel import Session, select

from parkplace.accounts.models import User, UserIdentity
from parkplace.accounts.passwords import hash_password
from parkplace.web.pages.account.ways_state import WaysState
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.visiting import all_of, at, cookie


def linked(session: Session, user: User) -> UserIdentity:
    made = UserIdentity(
        user_id=user.id,
        provider="corner",
        issuer="https://corner.example",
        subject=user.name,
        created_at=NOW,
        last_used_at=NOW,
    )
    session.add(made)
    session.commit()
    return made


def tab(session: Session, user: User) -> WaysState:
    state = at(WaysState(), "/account/safety", cookie=cookie(session, user))
    asyncio.run(state.load())
    return state


def removed(state: WaysState, way: str) -> str:
    state.ask(way)
    [said] = asyncio.run(all_of(state.remove()))
    return said


def test_a_way_in_is_taken_away_unless_it_is_the_only_one(session: Session) -> None:
    dana = make.dana(session)
    linked(session, dana)
    state = tab(session, dana)
    [way] = state.ways

    assert "This is the only way into your account." in removed(state, way.id)
    assert state.ways == [way]

    dana.password_hash = hash_password("four unrelated words grow")
    session.commit()
    assert "It opens your account no more." in removed(state, way.id)
    assert state.ways == []


def test_sam_takes_no_way_of_danas_away(session: Session) -> None:
    hers = linked(session, make.dana(session))
    state = tab(session, make.sam(session))
    for claimed in (str(hers.id), "nonsense"):
        assert "There is no such way" in removed(state, claimed)
    assert session.exec(select(UserIdentity.id)).all() == [hers.id]
