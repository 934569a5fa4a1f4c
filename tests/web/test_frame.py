import asyncio
from datetime import timedelta

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.core import clock
from parkplace.web.frame import JUST_NOW, FrameState
from tests import factories as make
from tests.web.pages.visiting import at, cookie


def newcomer(session: Session, *, ago: timedelta = timedelta(0)) -> User:
    dana = make.person(session, "Dana", email_verified_at=None)
    dana.created_at = clock.utc_now() - ago
    session.commit()
    return dana


def test_who_has_just_signed_up_is_told_of_the_letter_once(session: Session) -> None:
    frame = at(FrameState(), "/", cookie=cookie(session, newcomer(session)))
    said = asyncio.run(frame.load())
    assert said is not None
    assert "A letter is on its way to dana@example.com" in str(said.args)
    assert asyncio.run(frame.load()) is None
    assert frame.name == "Dana"


def test_nobody_else_is(session: Session) -> None:
    late = newcomer(session, ago=2 * JUST_NOW)
    verified = make.sam(session)
    verified.created_at = clock.utc_now()
    for sent in (cookie(session, late), cookie(session, verified), ""):
        assert asyncio.run(at(FrameState(), "/", cookie=sent).load()) is None
