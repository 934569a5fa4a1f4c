import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User, UserIdentity
from parkplace.accounts.openid.client import Person
from parkplace.accounts.openid.identities import News, enter
from parkplace.accounts.openid.problems import (
    KINDS,
    AccountUnconfirmed,
    EmailUnconfirmed,
    TwoAtOnce,
    sentence,
)
from parkplace.accounts.service import AccountSuspended
from parkplace.core.db import transaction
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person, signed_up


def known(subject: str = "dana", email: str = "dana@example.com", *, issuer: str = "a") -> Person:
    return Person("corner", f"https://{issuer}.example", subject, email, subject.title())


def test_a_person_is_known_by_issuer_and_subject_and_not_by_address(session: Session) -> None:
    first = enter(session, person=known(), now=NOW)
    assert first.news is News.REGISTERED
    again = enter(session, person=known(email="elsewhere@example.com"), now=NOW)
    assert (again.user, again.news) == (first.user, News.NOTHING)
    unvouched = enter(session, person=known(email=""), now=NOW)
    assert unvouched.user == first.user
    other = enter(session, person=known(issuer="b"), now=NOW)
    assert (other.user, other.news) == (first.user, News.LINKED)
    assert len(session.exec(select(UserIdentity)).all()) == 2


def test_an_account_is_joined_when_both_sides_have_verified_the_address(session: Session) -> None:
    dana = signed_up(session, "Dana")
    with pytest.raises(AccountUnconfirmed):
        enter(session, person=known(email="DANA@example.com"), now=NOW)
    assert session.exec(select(UserIdentity)).all() == []
    dana.email_verified_at = NOW
    with pytest.raises(EmailUnconfirmed):
        enter(session, person=known(email=""), now=NOW)
    joined = enter(session, person=known(email="DANA@example.com"), now=NOW)
    assert (joined.user, joined.news) == (dana, News.LINKED)


def test_whom_an_admin_keeps_out_is_refused_whichever_way_they_come(session: Session) -> None:
    dana = person(session, "Dana")
    dana.suspended_at = NOW
    for verified in (None, NOW):
        dana.email_verified_at = verified
        with pytest.raises(AccountSuspended):
            enter(session, person=known(), now=NOW)
    assert session.exec(select(UserIdentity)).all() == []


def test_who_leaves_takes_their_identities_along(session: Session) -> None:
    dana = enter(session, person=known(), now=NOW).user
    session.delete(dana)
    session.flush()
    assert session.exec(select(UserIdentity)).all() == []


@pytest.mark.usefixtures("committed_database")
def test_one_person_who_comes_twice_at_once_gets_one_account() -> None:
    def come(_tab: int) -> News:
        with transaction() as session:
            return enter(session, person=known(), now=NOW).news

    news = at_once(come, range(6))
    assert sorted(news) == [News.NOTHING] * 5 + [News.REGISTERED]
    with transaction() as session:
        assert len(session.exec(select(User)).all()) == 1


@pytest.mark.usefixtures("committed_database")
def test_one_address_that_comes_from_several_sides_at_once_gets_one_account() -> None:
    def come(issuer: str) -> News | None:
        try:
            with transaction() as session:
                return enter(session, person=known(issuer=issuer), now=NOW).news
        except TwoAtOnce:
            return None

    assert at_once(come, ["a", "b", "c", "d"]).count(News.REGISTERED) == 1
    with transaction() as session:
        assert len(session.exec(select(User)).all()) == 1


def test_every_problem_has_a_sentence_and_nothing_else_has() -> None:
    for kind in KINDS:
        assert sentence(kind.code) == str(kind()) == kind.sentence
        assert kind.sentence.endswith(".")
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    for nonsense in ("", "x", "<script>", "wrong_credentials"):
        assert sentence(nonsense) == ""
