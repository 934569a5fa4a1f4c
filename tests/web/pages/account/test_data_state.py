import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import User
from parkplace.accounts.one_time_codes import code_at, step_at
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.passwords import hash_password
from parkplace.accounts.second_factor import set_up, switch_on
from parkplace.core import clock
from parkplace.web.pages.account import view
from parkplace.web.pages.account.data_state import DataState
from tests import factories as make
from tests.factories import period
from tests.web.pages.visiting import all_of, at, cookie

PASSWORD = "four unrelated words grow"


@pytest.fixture
def dana(session: Session) -> User:
    dana = make.dana(session)
    dana.password_hash = hash_password(PASSWORD)
    session.commit()
    return dana


def tab(session: Session, user: User, address: str = "/account/data") -> DataState:
    state = at(DataState(), address, cookie=cookie(session, user))
    asyncio.run(state.load())
    return state


def happened(session: Session, subject: User, *, actor: User | None = None, count: int = 1) -> None:
    origin = Origin.of(address="198.51.100.9", device="curl/8.5")
    for _ in range(count):
        note(
            session,
            action=Action.PROFILE_CHANGED,
            actor=actor or subject,
            subject_id=subject.id,
            origin=origin,
            now=clock.utc_now(),
        )


def test_the_log_is_ones_own_in_pages_the_newest_first(session: Session, dana: User) -> None:
    happened(session, dana, count=45)
    happened(session, make.sam(session))
    state = tab(session, dana)
    seen, pages = [], 0
    while True:
        seen += [int(deed.id) for deed in state.happened]
        pages += 1
        assert state.further == (pages > 1)
        if not state.older:
            break
        state = tab(session, dana, state.older)
    assert (len(seen), pages) == (45, 3)
    assert seen == sorted(seen, reverse=True)
    assert tab(session, dana, "/account/data?before=x").happened[0].id == str(seen[0])


def test_of_what_others_did_neither_name_nor_place_is_told(session: Session, dana: User) -> None:
    happened(session, dana)
    happened(session, dana, actor=make.ada(session))

    by_ada, own = tab(session, dana).happened

    assert by_ada.facts == " · by an admin"
    assert own.facts == " · curl · from 198.51.100.0/24"


def test_everything_that_can_be_in_the_log_has_words() -> None:
    assert set(view.HAPPENED) == set(Action)


def test_an_account_is_deleted_with_its_password(session: Session, dana: User) -> None:
    state = tab(session, dana)
    assert (state.obstacle, state.has_password, state.two_factor) == ("", True, False)

    [focus] = asyncio.run(all_of(state.leave({"password": "another"})))
    assert focus == "focus field-password"
    assert state.wrong["password"].startswith("This is not your password.")

    closed, farewell, _ = asyncio.run(all_of(state.leave({"password": PASSWORD})))

    assert closed == "close delete-account"
    assert "farewell" in farewell
    session.refresh(dana)
    assert dana.deleted_at is not None
    assert PASSWORD not in str(state.dict()) + str(vars(state))


def test_with_two_factor_sign_in_it_takes_a_code_too(session: Session, dana: User) -> None:
    state = tab(session, dana)
    before = clock.utc_now() - timedelta(minutes=5)
    secret = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=before).secret
    code = code_at(secret, step_at(before))
    switch_on(session, user=dana, code=code, origin=HERE, now=before)
    session.commit()

    # The page was opened before it was switched on.
    asyncio.run(all_of(state.leave({"password": PASSWORD})))
    assert state.two_factor
    assert list(state.wrong) == ["code"]
    asyncio.run(all_of(state.leave({"password": PASSWORD, "code": "000000"})))
    assert state.wrong["code"].startswith("This code is wrong")
    session.refresh(dana)
    assert dana.deleted_at is None

    right = code_at(secret, step_at(clock.utc_now()))
    asyncio.run(all_of(state.leave({"password": PASSWORD, "code": right})))
    session.refresh(dana)
    assert dana.deleted_at is not None


@pytest.mark.usefixtures("noon")
def test_what_stands_against_it_is_said_before_anybody_asks(session: Session, dana: User) -> None:
    make.confirmed(session, make.space(session, make.owen(session)), dana, period(1, 2))
    session.commit()
    state = tab(session, dana)
    assert state.obstacle.startswith("You have bookings ahead")

    asyncio.run(all_of(state.leave({"password": PASSWORD})))

    assert state.wrong[""] == state.obstacle
    session.refresh(dana)
    assert dana.deleted_at is None


def test_a_stranger_has_nothing_and_deletes_nothing(session: Session) -> None:
    assert session
    state = at(DataState(), "/account/data")
    asyncio.run(state.load())
    assert state.happened == []

    asyncio.run(all_of(state.leave({"password": PASSWORD})))

    assert state.wrong == {"": "You are signed out. Sign in again."}
