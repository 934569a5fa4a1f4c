import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from parkplace.accounts.audit import Action, NotYourLog, entries, note
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.core.db import sql
from tests.accounts.people import NOW, person


def signed_in(session: Session, user: User) -> None:
    origin = Origin.of(address="203.0.113.7", device="Firefox")
    note(session, action=Action.SIGNED_IN, actor=user, subject_id=user.id, origin=origin, now=NOW)


def test_it_says_who_did_what_to_whom_when_and_from_where(session: Session) -> None:
    ada, dana = person(session, "Ada"), person(session, "Dana")
    note(
        session,
        action=Action.ADMIN_APPOINTED,
        actor=ada,
        subject_id=dana.id,
        origin=Origin.of(address="203.0.113.7", device="Firefox"),
        before={"is_admin": False},
        after={"is_admin": True},
        now=NOW,
    )
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert (entry.action, entry.actor_id, entry.at) == ("admin_appointed", ada.id, NOW)
    assert (entry.network, entry.device) == ("203.0.113.0/24", "Firefox")
    assert (entry.before, entry.after) == ({"is_admin": False}, {"is_admin": True})


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entries SET action = ''", "DELETE FROM audit_entries"]
)
def test_nothing_in_it_can_be_changed_or_removed(session: Session, change: str) -> None:
    signed_in(session, person(session, "Dana"))
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        sql(session, change)


def test_admins_read_all_and_others_their_own(session: Session) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    ada = person(session, "Ada")
    ada.is_admin = True
    for somebody in (dana, sam, ada):
        signed_in(session, somebody)
    assert [entry.actor_id for entry in entries(session, reader=ada)] == [ada.id, sam.id, dana.id]
    assert [entry.actor_id for entry in entries(session, reader=sam, subject_id=sam.id)] == [sam.id]
    for wanted in (None, dana.id):
        with pytest.raises(NotYourLog):
            entries(session, reader=sam, subject_id=wanted)


def test_it_comes_in_pages_the_newest_first(session: Session) -> None:
    dana = person(session, "Dana")
    for _ in range(3):
        signed_in(session, dana)
    first = entries(session, reader=dana, subject_id=dana.id, limit=2)
    rest = entries(session, reader=dana, subject_id=dana.id, after=first[-1].id)
    assert (len(first), len(rest)) == (2, 1)
    assert [entry.id for entry in (*first, *rest)] == sorted(
        (entry.id or 0 for entry in (*first, *rest)), reverse=True
    )
