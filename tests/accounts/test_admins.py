import pytest
from sqlmodel import Session, col, select

from parkplace.accounts import sessions
from parkplace.accounts.account_links import draw
from parkplace.accounts.admins import create_admin, needs_password
from parkplace.accounts.audit import entries
from parkplace.accounts.emails import BadEmail
from parkplace.accounts.models import AccountLink, LinkPurpose, User, UserSession
from parkplace.accounts.origin import HERE
from parkplace.accounts.service import BadName, WrongCredentials, sign_in
from parkplace.accounts.strength import WeakPassword
from tests.accounts.people import NOW, PASSWORD, signed_up

OTHER = "cobalt window ladder seven"
ADA = "ada@example.com"


def create(session: Session, *, name: str = "Ada", password: str = PASSWORD) -> User:
    return create_admin(session, email=" ADA@example.com", name=name, password=password, now=NOW)


def test_ada_is_made_an_admin_with_a_new_account(session: Session) -> None:
    assert needs_password(session, email=ADA)
    ada = create(session)
    assert (ada.is_admin, ada.email, ada.email_verified_at) == (True, ADA, NOW)
    assert sign_in(session, email=ADA, password=PASSWORD) == ada
    log = entries(session, reader=ada)
    assert [entry.action for entry in log] == ["admin_appointed", "email_verified"]
    assert (log[0].actor_id, log[0].subject_id) == (None, ada.id)
    assert (log[0].before, log[0].after) == ({"is_admin": False}, {"is_admin": True})


def test_a_verified_account_keeps_its_name_its_password_and_its_sessions(session: Session) -> None:
    ada = signed_up(session, "Ada")
    ada.email_verified_at = NOW
    sessions.open_session(session, user=ada, origin=HERE, now=NOW)
    assert not needs_password(session, email=ADA)

    assert create(session, name="x", password="") == ada

    assert (ada.is_admin, ada.name) == (True, "Ada")
    assert sign_in(session, email=ADA, password=PASSWORD) == ada
    assert len(session.exec(select(UserSession)).all()) == 1


def test_who_typed_adas_address_before_her_does_not_become_an_admin(session: Session) -> None:
    sams = signed_up(session, "Ada")
    sessions.open_session(session, user=sams, origin=HERE, now=NOW)
    draw(session, user_id=sams.id, purpose=LinkPurpose.CHANGE_NEW, email="s@x.example", now=NOW)
    assert needs_password(session, email=ADA)

    ada = create(session, password=OTHER)

    with pytest.raises(WrongCredentials):
        sign_in(session, email=ADA, password=PASSWORD)
    assert sign_in(session, email=ADA, password=OTHER) == ada
    assert session.exec(select(UserSession)).all() == []
    assert session.exec(select(AccountLink)).all() == []


def test_an_admin_stays_one_and_that_is_no_news(session: Session) -> None:
    ada = create(session)
    create(session)
    actions = [entry.action for entry in entries(session, reader=ada)]
    assert actions.count("admin_appointed") == 1


def test_an_admin_needs_a_good_password_a_name_and_an_address(session: Session) -> None:
    with pytest.raises(WeakPassword):
        create(session, password="admin")
    with pytest.raises(BadName):
        create(session, name="")
    with pytest.raises(BadEmail):
        needs_password(session, email="ada")
    signed_up(session, "Ada")
    with pytest.raises(WeakPassword):
        create(session, password="admin")
    assert session.exec(select(User).where(col(User.is_admin))).all() == []
