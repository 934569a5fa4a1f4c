import pytest
from sqlmodel import Session, select

from parkplace.accounts import sessions, tokens
from parkplace.accounts.account_links import LinkSpent, draw
from parkplace.accounts.audit import entries
from parkplace.accounts.models import AccountLink, LinkPurpose, SignInCode, User, UserSession
from parkplace.accounts.origin import HERE
from parkplace.accounts.resetting import WrongPassword, change_password, reset_password
from parkplace.accounts.service import WrongCredentials, sign_in
from parkplace.accounts.strength import WeakPassword
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, PASSWORD, person, signed_up

NEW = "cobalt window ladder seven"


def link(session: Session, user: User, purpose: LinkPurpose = LinkPurpose.RESET) -> str:
    return draw(session, user_id=user.id, purpose=purpose, email=user.email, now=NOW)


def reset(session: Session, token: str, password: str = NEW) -> User:
    return reset_password(session, token=token, password=password, origin=HERE, now=NOW)


def opens(session: Session, user: User, password: str) -> bool:
    try:
        return sign_in(session, email=user.email, password=password).id == user.id
    except WrongCredentials:
        return False


def test_dana_chooses_a_new_password_with_a_link(session: Session) -> None:
    dana = signed_up(session, "Dana")
    assert reset(session, link(session, dana)) == dana
    assert opens(session, dana, NEW)
    assert not opens(session, dana, PASSWORD)
    assert dana.email_verified_at == NOW
    actions = {entry.action for entry in entries(session, reader=dana, subject_id=dana.id)}
    assert actions == {"password_changed", "email_verified"}


def test_everybody_who_was_signed_in_is_out(session: Session) -> None:
    dana, sam = signed_up(session, "Dana"), signed_up(session, "Sam")
    _, cookie = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    pair = tokens.issue(session, user=dana, origin=HERE, now=NOW)
    _, sams = sessions.open_session(session, user=sam, origin=HERE, now=NOW)
    sessions.issue_code(session, user_id=dana.id, now=NOW)

    reset(session, link(session, dana))

    assert sessions.who(session, token=cookie, now=NOW) is None
    assert tokens.bearer(session, access_token=pair.access_token, now=NOW) is None
    renewed = tokens.renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW)
    assert renewed is None
    assert session.exec(select(SignInCode)).all() == []
    assert sessions.who(session, token=sams, now=NOW) is not None


def test_what_a_thief_has_begun_ends_with_the_old_password(session: Session) -> None:
    dana = signed_up(session, "Dana")
    token = link(session, dana)
    for purpose in set(LinkPurpose) - {LinkPurpose.RESET}:
        link(session, dana, purpose)
    reset(session, token)
    assert session.exec(select(AccountLink)).all() == []


@pytest.mark.usefixtures("committed_database")
def test_a_weak_password_leaves_the_link_good() -> None:
    with transaction() as session:
        dana = signed_up(session, "Dana")
        token = link(session, dana)

    def choose(password: str) -> None:
        with transaction() as session:
            reset(session, token, password)

    for weak in ("short", "password12"):
        with pytest.raises(WeakPassword) as refused:
            choose(weak)
        assert refused.value.field == "password"
    choose(NEW)
    with pytest.raises(LinkSpent):
        choose(PASSWORD)
    with transaction() as session:
        assert opens(session, dana, NEW)


@pytest.mark.usefixtures("committed_database")
def test_of_several_passwords_chosen_at_once_one_holds() -> None:
    with transaction() as session:
        dana = signed_up(session, "Dana")
        token = link(session, dana)
    wanted = [f"{NEW} {number}" for number in range(4)]

    def choose(password: str) -> bool:
        try:
            with transaction() as session:
                reset(session, token, password)
        except LinkSpent:
            return False
        return True

    chosen = at_once(choose, wanted)
    assert chosen.count(True) == 1
    with transaction() as session:
        assert [opens(session, dana, password) for password in wanted] == chosen


def test_dana_changes_her_password_and_stays_signed_in(session: Session) -> None:
    dana = signed_up(session, "Dana")
    here, cookie = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    tokens.issue(session, user=dana, origin=HERE, now=NOW)
    forgotten, verify = link(session, dana), link(session, dana, LinkPurpose.VERIFY)

    change(session, dana.id, kept=here.id)

    assert session.exec(select(UserSession.id)).all() == [here.id]
    assert sessions.who(session, token=cookie, now=NOW) is not None
    assert opens(session, dana, NEW)
    with pytest.raises(LinkSpent):
        reset(session, forgotten)
    assert verify
    assert session.exec(select(AccountLink.purpose)).all() == [LinkPurpose.VERIFY]
    # Knowing the password is no proof of the address.
    assert dana.email_verified_at is None


@pytest.mark.parametrize("current", ["", "wrong", PASSWORD.upper(), "x" * 5000, "\ud800"])
def test_who_does_not_know_the_password_changes_nothing(session: Session, current: str) -> None:
    dana = signed_up(session, "Dana")
    here, _ = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    with pytest.raises(WrongPassword) as refused:
        change(session, dana.id, kept=here.id, current=current)
    assert (refused.value.code, refused.value.field) == ("wrong_password", "current")
    assert opens(session, dana, PASSWORD)
    assert len(session.exec(select(UserSession)).all()) == 2


def test_an_account_without_a_password_has_none_to_give(session: Session) -> None:
    owen = person(session, "Owen")
    for current in ("!", owen.password_hash, ""):
        with pytest.raises(WrongPassword):
            change(session, owen.id, kept=new_id(), current=current)


def change(session: Session, user_id: object, *, kept: object, current: str = PASSWORD) -> None:
    asked: dict[str, object] = {"user_id": user_id, "kept": kept, "current": current, "new": NEW}
    change_password(session, **asked, origin=HERE, now=NOW)  # pyright: ignore[reportArgumentType]
