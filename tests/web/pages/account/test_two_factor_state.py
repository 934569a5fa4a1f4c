import asyncio
import re
from datetime import timedelta

import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.one_time_codes import code_at, step_at
from parkplace.accounts.passwords import hash_password
from parkplace.core import clock
from parkplace.web.pages.account.password_state import PasswordState
from parkplace.web.pages.account.two_factor_state import CODES, SCAN, TwoFactorState
from tests import factories as make
from tests.web.pages.visiting import all_of, at, cookie

PASSWORD = "four unrelated words grow"


@pytest.fixture
def dana(session: Session) -> User:
    dana = make.dana(session)
    dana.password_hash = hash_password(PASSWORD)
    session.commit()
    return dana


@pytest.fixture
def state(session: Session, dana: User) -> TwoFactorState:
    state = at(TwoFactorState(), "/account/safety", cookie=cookie(session, dana))
    asyncio.run(state.load())
    return state


def kept(state: TwoFactorState) -> str:
    """Everything the server keeps of a tab."""
    return str(state.dict()) + str(vars(state))


def begun(state: TwoFactorState) -> str:
    """Set an app up; its secret, as the browser was told it."""
    sent = asyncio.run(all_of(state.set_up({"password": PASSWORD})))
    [told] = [act for act in sent if act.startswith("write two-factor-secret ")]
    secret = "".join(told.split()[2:])
    assert any(act.startswith("draw two-factor-qr <svg") for act in sent)
    assert "fill field-password " in sent
    return secret


def code(secret: str, *, later: int = 0) -> str:
    return code_at(secret, step_at(clock.utc_now()) + later)


def switched_on(state: TwoFactorState, secret: str) -> list[str]:
    """Switch it on; the recovery codes, as the browser was told them."""
    sent = asyncio.run(all_of(state.switch_on({"code": code(secret)})))
    [codes] = [act for act in sent if act.startswith("write two-factor-codes ")]
    assert "draw two-factor-qr " in sent
    assert "write two-factor-secret " in sent
    return re.findall(r"\d{5}(?:-\d{5}){3}", codes)


def test_it_is_switched_on_and_no_secret_stays_on_the_server(
    session: Session, dana: User, state: TwoFactorState
) -> None:
    assert (state.has_password, state.on) == (True, False)
    secret = begun(state)
    assert state.step == SCAN
    assert secret not in kept(state)

    codes = switched_on(state, secret)

    assert len(set(codes)) == 10
    assert state.step == CODES
    session.refresh(dana)
    assert dana.two_factor
    for hidden in (PASSWORD, secret, *codes):
        assert hidden not in kept(state)

    taken_away = asyncio.run(all_of(state.forget()))
    assert "write two-factor-codes " in taken_away
    assert (state.on, state.left) == (True, "10 of 10")


def test_a_wrong_password_or_code_is_said_at_its_field(
    session: Session, dana: User, state: TwoFactorState
) -> None:
    [focus] = asyncio.run(all_of(state.set_up({"password": "another"})))
    assert focus == "focus field-password"
    assert list(state.wrong) == ["password"]
    begun(state)

    [focus] = asyncio.run(all_of(state.switch_on({"code": "000000"})))

    assert focus == "focus field-code"
    assert state.wrong["code"].startswith("This code is wrong")
    session.refresh(dana)
    assert not dana.two_factor


def test_new_recovery_codes_take_a_code_of_the_app(state: TwoFactorState) -> None:
    secret = begun(state)
    first = switched_on(state, secret)

    [focus] = asyncio.run(all_of(state.renew({"renew_code": first[0]})))
    assert focus == "focus field-renew_code"
    assert list(state.wrong) == ["renew_code"]

    sent = asyncio.run(all_of(state.renew({"renew_code": code(secret, later=1)})))
    assert sent[-2:] == ["close recovery-codes", "open two-factor"]
    [told] = [act for act in sent if act.startswith("write two-factor-codes ")]
    assert not any(old in told for old in first)


def test_it_is_switched_off_with_the_password_and_a_recovery_code(
    session: Session, dana: User, state: TwoFactorState
) -> None:
    codes = switched_on(state, begun(state))
    form = {"off_password": PASSWORD, "off_code": codes[3]}

    [focus] = asyncio.run(all_of(state.switch_off(form | {"off_password": "another"})))
    assert focus == "focus field-off_password"
    assert list(state.wrong) == ["off_password"]

    sent = asyncio.run(all_of(state.switch_off(form)))

    assert sent[:3] == ["fill field-off_password ", "fill field-off_code ", "close two-factor-off"]
    session.refresh(dana)
    assert (dana.two_factor, state.on) == (False, False)


def test_who_has_no_password_must_have_signed_in_just_now(session: Session) -> None:
    sam = make.sam(session)
    state = at(TwoFactorState(), "/account/safety", cookie=cookie(session, sam))
    asyncio.run(state.load())
    assert not state.has_password

    clock.travel(timedelta(minutes=6))
    try:
        asyncio.run(all_of(state.set_up({})))
    finally:
        clock.travel(timedelta(0))

    assert state.wrong[""].startswith("Sign in again first")


def test_the_password_is_changed_and_others_are_signed_out(session: Session, dana: User) -> None:
    other = cookie(session, dana)
    state = at(PasswordState(), "/account/safety", cookie=cookie(session, dana))
    new = "an amber tramway hums 7"

    [focus] = asyncio.run(all_of(state.change({"current": "another", "new": new})))
    assert focus == "focus field-current"
    [focus] = asyncio.run(all_of(state.change({"current": PASSWORD, "new": "parkplace1"})))
    assert focus == "focus field-new"
    assert list(state.wrong) == ["new"]

    sent = asyncio.run(all_of(state.change({"current": PASSWORD, "new": new})))

    assert sent[:2] == ["fill field-current ", "fill field-new "]
    assert new not in str(state.dict()) + str(vars(state))
    elsewhere = at(TwoFactorState(), "/account/safety", cookie=other)
    asyncio.run(elsewhere.load())
    assert not elsewhere.has_password
