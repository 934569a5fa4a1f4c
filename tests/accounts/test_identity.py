from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from parkplace.accounts import identity
from parkplace.accounts.audit import entries
from parkplace.accounts.identity import (
    Decision,
    IdentityKnown,
    NoPapers,
    NothingToDecide,
    Papers,
    PapersWaiting,
)
from parkplace.accounts.models import IdentityCheck, IdentityDocument, PaperKind, User
from parkplace.accounts.origin import HERE
from parkplace.accounts.papers import Kept, PaperGone
from parkplace.accounts.standing import AdminsOnly, OwnCase
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.core.ids import new_id
from parkplace.core.texts import TextNeeded, TextTooLong
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person


@pytest.fixture
def dana(session: Session) -> User:
    return person(session, "Dana")


@pytest.fixture
def ada(session: Session) -> User:
    made = person(session, "Ada")
    made.is_admin = True
    session.flush()
    return made


def paper() -> Kept:
    return Kept(f"{new_id().hex}.paper", "image/webp", 1234)


def submit(session: Session, user: User, *, papers: int = 2) -> Papers:
    return identity.submit(
        session,
        user=user,
        kind=PaperKind.PASSPORT,
        documents=[paper() for _ in range(papers)],
        origin=HERE,
        now=NOW,
    )


def decide(
    session: Session, admin: User, user: User, decision: Decision, why: str = ""
) -> tuple[User, IdentityCheck]:
    return identity.decide(
        session, admin=admin, user_id=user.id, decision=decision, why=why, origin=HERE, now=NOW
    )


def test_papers_wait_for_an_admin(session: Session, ada: User, dana: User) -> None:
    with pytest.raises(NoPapers):
        identity.own(session, user=dana)
    sent = submit(session, dana)
    assert (sent.check.kind, sent.check.status) == ("passport", "pending")
    assert [document.number for document in sent.documents] == [1, 2]
    assert identity.own(session, user=dana) == sent
    assert identity.of(session, admin=ada, user_id=dana.id) == sent
    assert identity.file_names(session) == {document.file_name for document in sent.documents}


def test_one_set_waits_at_a_time(session: Session, dana: User) -> None:
    submit(session, dana)
    with pytest.raises(PapersWaiting):
        submit(session, dana)
    submit(session, person(session, "Sam"))


def test_a_yes_verifies_the_person_and_ends_the_matter(
    session: Session, ada: User, dana: User
) -> None:
    submit(session, dana)
    user, check = decide(session, ada, dana, Decision.APPROVE)
    assert user.identity_verified_at == NOW
    assert (check.status, check.decided_at, check.decided_by) == ("approved", NOW, ada.id)
    with pytest.raises(NothingToDecide):
        decide(session, ada, dana, Decision.REJECT, "Too late.")
    with pytest.raises(IdentityKnown):
        submit(session, dana)


def test_after_a_no_others_may_be_sent(session: Session, ada: User, dana: User) -> None:
    submit(session, dana)
    user, check = decide(session, ada, dana, Decision.REJECT, " Too dark. ")
    assert (user.identity_verified_at, check.status, check.why) == (None, "rejected", "Too dark.")
    again = submit(session, dana)
    assert identity.own(session, user=dana).check.id == again.check.id
    decide(session, ada, dana, Decision.APPROVE)
    assert dana.identity_verified_at == NOW


@pytest.mark.parametrize(("why", "error"), [("", TextNeeded), ("w" * 501, TextTooLong)])
def test_a_no_needs_a_reason(
    session: Session, ada: User, dana: User, why: str, error: type[DomainError]
) -> None:
    submit(session, dana)
    with pytest.raises(error):
        decide(session, ada, dana, Decision.REJECT, why)


def test_only_admins_look_and_decide_and_never_about_themselves(
    session: Session, ada: User, dana: User
) -> None:
    submit(session, dana)
    submit(session, ada)
    sam = person(session, "Sam")
    look: dict[str, Any] = {"user_id": dana.id, "number": 1, "origin": HERE, "now": NOW}
    for asking in (sam, dana):
        for deed in (
            lambda asking=asking: identity.of(session, admin=asking, user_id=dana.id),
            lambda asking=asking: identity.look(session, admin=asking, **look),
            lambda asking=asking: decide(session, asking, dana, Decision.APPROVE),
        ):
            with pytest.raises(AdminsOnly):
                deed()
    with pytest.raises(OwnCase):
        decide(session, ada, ada, Decision.APPROVE)
    assert not [entry for entry in entries(session, reader=ada) if entry.action == "paper_seen"]


def test_each_look_at_a_paper_is_written_into_the_log(
    session: Session, ada: User, dana: User
) -> None:
    sent = submit(session, dana)
    look: dict[str, Any] = {"admin": ada, "user_id": dana.id, "origin": HERE, "now": NOW}
    assert identity.look(session, number=2, **look) == sent.documents[1]
    assert identity.look(session, number=2, **look) == sent.documents[1]
    with pytest.raises(PaperGone):
        identity.look(session, number=3, **look)
    seen = [entry for entry in entries(session, reader=ada) if entry.action == "paper_seen"]
    assert [(entry.actor_id, entry.subject_id) for entry in seen] == [(ada.id, dana.id)] * 2
    assert seen[0].after == {"check": str(sent.check.id), "number": 2}


def test_papers_are_forgotten_a_month_after_the_decision(
    session: Session, ada: User, dana: User
) -> None:
    submit(session, dana)
    submit(session, person(session, "Sam"))
    decide(session, ada, dana, Decision.APPROVE)
    identity.tidy(session, now=NOW + identity.KEPT_FOR)
    assert len(session.exec(select(IdentityDocument)).all()) == 4
    identity.tidy(session, now=NOW + identity.KEPT_FOR + timedelta(seconds=1))
    assert len(session.exec(select(IdentityDocument)).all()) == 2
    assert identity.own(session, user=dana).documents == ()
    assert identity.file_names(session, user_id=dana.id) == set()


@pytest.mark.usefixtures("committed_database")
def test_of_two_decisions_at_once_one_counts() -> None:
    with transaction() as session:
        dana = person(session, "Dana")
        admins = [person(session, f"Admin{number}") for number in range(4)]
        for admin in admins:
            admin.is_admin = True
        submit(session, dana)

    def say(admin: User) -> str:
        number = admins.index(admin)
        decision = Decision.APPROVE if number % 2 else Decision.REJECT
        try:
            with transaction() as session:
                decide(session, admin, dana, decision, "Because.")
        except NothingToDecide as error:
            return error.code
        return decision

    told = at_once(say, admins)
    assert told.count("nothing_to_decide") == 3
    with transaction() as session:
        [check] = session.exec(select(IdentityCheck))
        verified = session.get_one(User, dana.id).identity_verified_at is not None
    assert (check.status == "approved") == verified


@pytest.mark.usefixtures("committed_database")
def test_papers_sent_twice_at_once_wait_once() -> None:
    with transaction() as session:
        dana = person(session, "Dana")

    def send(_: int) -> str:
        try:
            with transaction() as session:
                submit(session, dana)
        except PapersWaiting as error:
            return error.code
        return "sent"

    assert sorted(at_once(send, range(4))) == ["papers_waiting"] * 3 + ["sent"]
