from typing import Any

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE
from parkplace.accounts.standing import AdminsOnly, OwnCase
from parkplace.bookings.models import Booking
from parkplace.notifications.models import Email
from parkplace.people import standing
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period


def suspend(session: Session, admin: User, user: User, why: str = "Not there.") -> User:
    return standing.suspend(session, admin=admin, user_id=user.id, why=why, origin=HERE, now=NOW)


def reinstate(session: Session, admin: User, user: User) -> User:
    return standing.reinstate(session, admin=admin, user_id=user.id, origin=HERE, now=NOW + HOUR)


def test_a_suspended_hosts_spaces_are_withheld_and_their_bookings_stand(session: Session) -> None:
    owen, ada = make.owen(session), make.ada(session)
    garage = make.space(session, owen)
    make.space(session, owen, status="paused")
    booking = make.confirmed(session, garage, make.dana(session), period(1, 2))
    suspend(session, ada, owen)
    session.expire_all()
    assert sorted(session.exec(select(Space.status))) == ["paused", "withheld"]
    assert session.exec(select(Booking.status)).one() == "confirmed"
    assert booking.driver_id is not None
    reinstate(session, ada, owen)
    assert sorted(session.exec(select(Space.status))) == ["paused", "published"]


def test_the_person_is_told_why_once_and_told_when_it_is_over(session: Session) -> None:
    dana, ada = make.dana(session), make.ada(session)
    suspend(session, ada, dana, "Two drivers\nsay so.")
    suspend(session, ada, dana, "Another reason.")
    reinstate(session, ada, dana)
    reinstate(session, ada, dana)
    mails = session.exec(select(Email).order_by(col(Email.id))).all()
    assert [(mail.kind, mail.to_address) for mail in mails] == [
        ("suspended", dana.email), ("reinstated", dana.email),
    ]  # fmt: skip
    assert "Two drivers\nsay so." in mails[0].text
    later: dict[str, Any] = {"user_id": dana.id, "origin": HERE, "now": NOW + 2 * HOUR}
    standing.suspend(session, admin=ada, why="Again.", **later)
    assert len(session.exec(select(Email)).all()) == 3


def test_sam_suspends_nobody_and_ada_not_herself(session: Session) -> None:
    dana, sam, ada = make.dana(session), make.sam(session), make.ada(session)
    for deed in (
        lambda: suspend(session, sam, dana),
        lambda: reinstate(session, sam, dana),
        lambda: suspend(session, dana, ada),
    ):
        with pytest.raises(AdminsOnly):
            deed()
    with pytest.raises(OwnCase):
        suspend(session, ada, ada)
    assert session.exec(select(Email)).all() == []
