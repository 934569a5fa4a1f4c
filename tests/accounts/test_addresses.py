import pytest
from sqlmodel import Session, select

from parkplace.accounts import sessions
from parkplace.accounts.account_links import LinkSpent, draw
from parkplace.accounts.addresses import Begun, Step, begin_change, confirm_change, stop_change
from parkplace.accounts.audit import entries
from parkplace.accounts.emails import BadEmail
from parkplace.accounts.models import AccountLink, LinkPurpose, User, UserSession
from parkplace.accounts.origin import HERE
from parkplace.accounts.queries import locked_user, user_by_email
from parkplace.core.db import transaction
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person

FREE = "dana@new.example"


def begin(session: Session, user: User, email: str = FREE) -> Begun:
    begun = begin_change(session, user=user, email=email, origin=HERE, now=NOW)
    assert begun is not None
    return begun


def confirm(session: Session, token: str) -> Step:
    return confirm_change(session, token=token, origin=HERE, now=NOW).step


def actions(session: Session, user: User) -> list[str]:
    return [entry.action for entry in entries(session, reader=user, subject_id=user.id)]


@pytest.mark.parametrize("first", ["old", "new"])
def test_an_account_moves_when_both_addresses_have_agreed(session: Session, first: str) -> None:
    dana = person(session, "Dana")
    begun = begin(session, dana, " DANA@new.example ")
    one, other = begun.old_token, begun.new_token
    if first == "new":
        one, other = other, one

    assert confirm(session, one) == Step.WAITING
    assert dana.email == "dana@example.com"
    confirmed = confirm_change(session, token=other, origin=HERE, now=NOW)

    assert (confirmed.step, confirmed.before) == (Step.DONE, "dana@example.com")
    assert (dana.email, dana.email_verified_at) == (FREE, NOW)
    assert actions(session, dana) == ["email_changed", "email_change_asked"]
    for token in (begun.old_token, begun.new_token):
        with pytest.raises(LinkSpent):
            confirm(session, token)


@pytest.mark.parametrize("which", ["old_token", "new_token"])
def test_one_address_alone_moves_nothing_however_often_it_is_asked(
    session: Session, which: str
) -> None:
    dana = person(session, "Dana")
    token = getattr(begin(session, dana), which)
    assert confirm(session, token) == Step.WAITING
    for _ in range(2):
        with pytest.raises(LinkSpent):
            confirm(session, token)
    assert dana.email == "dana@example.com"


def test_an_agreement_to_one_address_is_none_to_another(session: Session) -> None:
    dana = person(session, "Dana")
    first = begin(session, dana, "one@new.example")
    assert confirm(session, first.old_token) == Step.WAITING
    second = begin(session, dana, "two@new.example")
    with pytest.raises(LinkSpent):
        confirm(session, first.new_token)
    assert confirm(session, second.new_token) == Step.WAITING
    assert dana.email == "dana@example.com"
    assert confirm(session, second.old_token) == Step.DONE
    assert dana.email == "two@new.example"


def test_the_address_one_has_takes_a_move_back(session: Session) -> None:
    dana = person(session, "Dana")
    begun = begin(session, dana)
    again = begin_change(session, user=dana, email="Dana@Example.com", origin=HERE, now=NOW)
    assert again is None
    for token in (begun.old_token, begun.new_token):
        with pytest.raises(LinkSpent):
            confirm(session, token)


def test_links_to_the_old_address_open_nothing_afterwards(session: Session) -> None:
    dana = person(session, "Dana")
    for purpose in (LinkPurpose.RESET, LinkPurpose.VERIFY):
        draw(session, user_id=dana.id, purpose=purpose, email=dana.email, now=NOW)
    begun = begin(session, dana)
    confirm(session, begun.new_token)
    assert confirm(session, begun.old_token) == Step.DONE
    assert session.exec(select(AccountLink)).all() == []


def test_the_owner_of_the_old_address_stops_it_and_everybody_is_out(session: Session) -> None:
    dana = person(session, "Dana")
    sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    begun = begin(session, dana)
    assert confirm(session, begun.new_token) == Step.WAITING

    assert stop_change(session, token=begun.old_token, origin=HERE, now=NOW) == dana

    assert session.exec(select(UserSession)).all() == []
    for token in (begun.old_token, begun.new_token):
        with pytest.raises(LinkSpent):
            confirm(session, token)
    assert dana.email == "dana@example.com"
    assert actions(session, dana)[0] == "email_change_stopped"


def test_the_new_address_has_nobody_to_put_out(session: Session) -> None:
    dana = person(session, "Dana")
    sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    begun = begin(session, dana)
    with pytest.raises(LinkSpent), session.begin_nested():
        stop_change(session, token=begun.new_token, origin=HERE, now=NOW)
    assert len(session.exec(select(UserSession)).all()) == 1


def test_what_is_no_address_begins_nothing(session: Session) -> None:
    dana = person(session, "Dana")
    for typed in ("dana", "a@b.c\r\nBcc: x@example.com", ""):
        with pytest.raises(BadEmail):
            begin(session, dana, typed)
    assert session.exec(select(AccountLink)).all() == []


def test_that_an_address_has_an_account_is_known_to_its_letter_alone(session: Session) -> None:
    dana = person(session, "Dana")
    person(session, "Sam")
    taken, free = begin(session, dana, "sam@example.com"), begin(session, dana, FREE)
    assert (taken.taken, free.taken) == (True, False)
    assert len(session.exec(select(AccountLink)).all()) == 2


def test_who_comes_second_is_told_and_the_move_is_over(session: Session) -> None:
    dana = person(session, "Dana")
    begun = begin(session, dana)
    confirm(session, begun.old_token)
    sam = person(session, "Sam")
    sam.email = FREE
    session.flush()

    assert confirm(session, begun.new_token) == Step.TAKEN

    session.expire_all()
    assert (dana.email, dana.email_verified_at) == ("dana@example.com", None)
    assert sam.email == FREE
    assert session.exec(select(AccountLink)).all() == []


@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize("_round", range(5))
def test_of_two_accounts_racing_for_one_address_one_wins(_round: int) -> None:
    begun: list[Begun] = []
    for name in ("Dana", "Sam"):
        with transaction() as session:
            begun.append(begin(session, person(session, name)))
        with transaction() as session:
            confirm(session, begun[-1].old_token)

    def arrive(change: Begun) -> Step:
        with transaction() as session:
            return confirm(session, change.new_token)

    assert sorted(at_once(arrive, begun)) == [Step.DONE, Step.TAKEN]
    with transaction() as session:
        moved = user_by_email(session, email=FREE)
        assert moved is not None
        others = {user.email for user in session.exec(select(User))} - {FREE}
        assert len(others) == 1
        assert session.exec(select(AccountLink)).all() == []


@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize("_round", range(5))
def test_both_addresses_agreeing_at_once_move_the_account_once(_round: int) -> None:
    with transaction() as session:
        dana = person(session, "Dana")
        begun = begin(session, dana)

    def agree(token: str) -> Step:
        with transaction() as session:
            return confirm(session, token)

    tokens = [begun.old_token, begun.new_token]
    assert sorted(at_once(agree, tokens)) == [Step.DONE, Step.WAITING]
    with transaction() as session:
        moved = locked_user(session, user_id=dana.id)
        assert moved is not None
        assert moved.email == FREE
