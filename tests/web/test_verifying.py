import asyncio

import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.core.errors import DomainError
from parkplace.core.ids import new_id
from parkplace.core.limits import ACCOUNT, LETTER, TooMany
from parkplace.notifications.models import Email
from parkplace.web.session import SignedOut
from parkplace.web.verifying import VerifyingState, resent
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.visiting import COOKIE, all_of, at, cookie


def newcomer(session: Session) -> User:
    return make.person(session, f"Dana-{new_id().hex}", email_verified_at=None)


def pressed(cookie: str) -> str:
    state = at(VerifyingState(), "/spaces/add", cookie=cookie)
    [said] = asyncio.run(all_of(state.resend()))
    assert not state.pending
    return said


def test_the_letter_comes_again_three_times_an_hour_and_more_is_told_alike(
    session: Session,
) -> None:
    signed_in = cookie(session, newcomer(session))
    said = {pressed(signed_in) for _ in range(5)}
    assert len(said) == 1
    assert "A letter is on its way" in said.pop()
    assert [letter.kind for letter in session.exec(select(Email))] == [
        "verify_email"
    ] * LETTER.amount


def test_who_has_done_it_elsewhere_is_told_so(session: Session) -> None:
    dana = newcomer(session)
    dana.email_verified_at = NOW
    assert "verified already" in pressed(cookie(session, dana))
    assert not session.exec(select(Email)).all()


def test_somebody_has_to_be_signed_in(session: Session) -> None:
    assert session
    for token in (None, "", "planted"):
        with pytest.raises(SignedOut):
            resent(token, address="somewhere", now=NOW)


def test_pressing_all_day_is_stopped(session: Session) -> None:
    token = cookie(session, newcomer(session)).removeprefix(f"{COOKIE}=")
    refused: list[DomainError] = []
    for _ in range(ACCOUNT.amount + 1):
        try:
            resent(token, address="presser", now=NOW)
        except TooMany as error:
            refused.append(error)
    assert len(refused) == 1
