from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from parkplace.accounts import sessions, standing, tokens
from parkplace.accounts.audit import entries
from parkplace.accounts.models import SignInCode, User, UserSession
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.service import AccountSuspended, AccountUnknown, sign_in
from parkplace.accounts.standing import AdminsOnly, LastAdmin, OwnCase
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.core.ids import new_id
from parkplace.core.texts import TextNeeded, TextTooLong
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, PASSWORD, person, signed_up

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def dana(session: Session) -> User:
    return signed_up(session, "Dana")


@pytest.fixture
def ada(session: Session) -> User:
    return admin(session, "Ada")


def admin(session: Session, name: str) -> User:
    made = person(session, name)
    made.is_admin = True
    session.flush()
    return made


def suspend(session: Session, by: User, whom: User, why: str = "A reason.") -> tuple[User, bool]:
    return standing.suspend(session, admin=by, user_id=whom.id, why=why, origin=HERE, now=NOW)


def demote(session: Session, by: User, whom: User) -> User:
    return standing.set_roles(
        session, actor=by, user_id=whom.id, is_admin=False, origin=HERE, now=NOW
    )


def test_who_is_suspended_is_out_at_once_everywhere(
    session: Session, ada: User, dana: User
) -> None:
    _, cookie = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    pair = tokens.issue(session, user=dana, origin=HERE, now=NOW)
    sessions.issue_code(session, user_id=dana.id, now=NOW)
    whom, news = suspend(session, ada, dana, " The garage is not there. ")
    assert (whom.suspended_at, whom.suspended_why, news) == (NOW, "The garage is not there.", True)
    assert sessions.who(session, token=cookie, now=NOW) is None
    assert tokens.bearer(session, access_token=pair.access_token, now=NOW) is None
    assert tokens.renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW) is None
    assert session.exec(select(UserSession)).all() == []
    assert session.exec(select(SignInCode)).all() == []
    with pytest.raises(AccountSuspended):
        sign_in(session, email=dana.email, password=PASSWORD)


def test_a_second_suspension_is_no_news_and_changes_nothing(
    session: Session, ada: User, dana: User
) -> None:
    suspend(session, ada, dana)
    whom, news = standing.suspend(
        session, admin=ada, user_id=dana.id, why="Another.", origin=HERE, now=LATER
    )
    assert (whom.suspended_at, whom.suspended_why, news) == (NOW, "A reason.", False)
    assert len(entries(session, reader=ada)) == 1


def test_who_is_reinstated_signs_in_again(session: Session, ada: User, dana: User) -> None:
    suspend(session, ada, dana)
    # A sign-in that was under way and came through after the suspension.
    _, cookie = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    back: dict[str, Any] = {"admin": ada, "user_id": dana.id, "origin": HERE, "now": LATER}
    assert standing.reinstate(session, **back) == (dana, True)
    assert standing.reinstate(session, **back) == (dana, False)
    assert (dana.suspended_at, dana.suspended_why) == (None, "")
    assert sign_in(session, email=dana.email, password=PASSWORD) == dana
    assert sessions.who(session, token=cookie, now=LATER) is None


def test_the_log_says_who_did_it_from_where_and_not_why(
    session: Session, ada: User, dana: User
) -> None:
    origin = Origin.of(address="203.0.113.7", device="Firefox")
    asked: dict[str, Any] = {"admin": ada, "user_id": dana.id, "origin": origin, "now": NOW}
    standing.suspend(session, why="Dana was rude.", **asked)
    standing.reinstate(session, **asked)
    told = entries(session, reader=ada)
    assert [entry.action for entry in told] == ["person_reinstated", "person_suspended"]
    for entry in told:
        assert (entry.actor_id, entry.subject_id) == (ada.id, dana.id)
        assert (entry.network, entry.device) == ("203.0.113.0/24", "Firefox")
        assert "rude" not in str(entry.model_dump())


@pytest.mark.parametrize(("why", "error"), [(" ", TextNeeded), ("w" * 501, TextTooLong)])
def test_there_must_be_a_reason(
    session: Session, ada: User, dana: User, why: str, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        suspend(session, ada, dana, why)
    assert dana.suspended_at is None


def test_nobody_suspends_themself_and_nobody_who_is_no_admin_does(
    session: Session, ada: User, dana: User
) -> None:
    with pytest.raises(OwnCase):
        suspend(session, ada, ada)
    sam = person(session, "Sam")
    for deed in (
        lambda: suspend(session, sam, dana),
        lambda: demote(session, sam, ada),
        lambda: standing.reinstate(session, admin=sam, user_id=dana.id, origin=HERE, now=NOW),
    ):
        with pytest.raises(AdminsOnly):
            deed()
    with pytest.raises(AccountUnknown):
        standing.suspend(session, admin=ada, user_id=new_id(), why="Why", origin=HERE, now=NOW)


def test_an_admin_who_is_suspended_or_demoted_has_no_power_left(
    session: Session, ada: User, dana: User
) -> None:
    eve = admin(session, "Eve")
    demote(session, ada, eve)
    with pytest.raises(AdminsOnly):
        suspend(session, eve, dana)
    eve.is_admin, eve.suspended_at = True, NOW
    session.flush()
    with pytest.raises(AdminsOnly):
        suspend(session, eve, dana)


def test_the_last_admin_stays_one(session: Session, ada: User) -> None:
    with pytest.raises(LastAdmin):
        demote(session, ada, ada)
    eve = admin(session, "Eve")
    eve.suspended_at = NOW
    session.flush()
    with pytest.raises(LastAdmin):
        demote(session, ada, ada)
    eve.suspended_at = None
    session.flush()
    assert not demote(session, ada, ada).is_admin


def test_roles_are_given_and_taken_and_the_log_says_so(
    session: Session, ada: User, dana: User
) -> None:
    give: dict[str, Any] = {"user_id": dana.id, "origin": HERE, "now": NOW}
    standing.set_roles(session, actor=ada, is_admin=True, is_host=True, **give)
    standing.set_roles(session, actor=ada, is_admin=True, **give)
    assert (dana.is_admin, dana.is_host) == (True, True)
    [entry] = entries(session, reader=ada)
    assert entry.before == {"is_host": False, "is_admin": False}
    assert entry.after == {"is_host": True, "is_admin": True}


def test_nobody_gives_themself_a_role(session: Session, dana: User) -> None:
    mine: dict[str, Any] = {"actor": dana, "user_id": dana.id, "origin": HERE, "now": NOW}
    wishes: list[dict[str, Any]] = [
        {"is_host": True}, {"is_host": False}, {"is_admin": True}, {"is_admin": False},
    ]  # fmt: skip
    for wish in wishes:
        with pytest.raises(AdminsOnly):
            standing.set_roles(session, **mine, **wish)
    assert (dana.is_host, dana.is_admin) == (False, False)


@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize("rounds", range(5))
def test_of_admins_who_demote_or_suspend_each_other_at_once_one_stays(rounds: int) -> None:
    with transaction() as session:
        people = [admin(session, f"Admin{rounds}{number}") for number in range(3)]
    cases = [(by, whom) for by in people for whom in people if by is not whom]

    def strike(case: tuple[User, User]) -> str:
        by, whom = case
        try:
            with transaction() as session:
                deed = demote if (by.id.int + whom.id.int) % 2 else suspend
                deed(session, by, whom)
        except (AdminsOnly, LastAdmin, OwnCase) as error:
            return error.code
        return "done"

    assert "done" in at_once(strike, cases)
    with transaction() as session:
        left = [user for user in session.exec(select(User)) if user.is_admin]
        assert len([user for user in left if user.suspended_at is None]) == 1


@pytest.mark.usefixtures("committed_database")
def test_without_waiting_in_turn_none_would_be_left() -> None:
    with transaction() as session:
        ada, eve = admin(session, "Ada"), admin(session, "Eve")

    with transaction() as one, transaction() as other:
        for session, whom in ((one, eve), (other, ada)):
            row = standing.person(session, user_id=whom.id)
            standing.require_another_admin(session, than=row)
            row.is_admin = False
    with transaction() as session:
        assert not [user for user in session.exec(select(User)) if user.is_admin]
