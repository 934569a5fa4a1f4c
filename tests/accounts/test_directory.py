from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from parkplace.accounts import directory
from parkplace.accounts.directory import Role, Sort, Status
from parkplace.accounts.models import User
from parkplace.accounts.service import AccountUnknown
from parkplace.accounts.standing import AdminsOnly
from parkplace.core.ids import new_id
from tests.accounts.people import NOW, person


@pytest.fixture
def ada(session: Session) -> User:
    made = person(session, "Ada")
    made.is_admin, made.email_verified_at = True, NOW
    session.flush()
    return made


def somebody(session: Session, name: str, **values: Any) -> User:
    made = person(session, name)
    for column, value in values.items():
        setattr(made, column, value)
    session.flush()
    return made


def names(session: Session, admin: User, **wanted: Any) -> list[str]:
    return [user.name for user in directory.people(session, admin=admin, **wanted)]


def test_people_are_found_by_how_their_name_or_address_begins(session: Session, ada: User) -> None:
    somebody(session, "Dana")
    somebody(session, "Daniel")
    somebody(session, "Sam", email="dan@example.org")
    somebody(session, "100%_sure")
    assert names(session, ada, text=" DAN ", sort=Sort.NAME) == ["Dana", "Daniel", "Sam"]
    assert names(session, ada, text="dana@exa") == ["Dana"]
    assert names(session, ada, text="ana") == []
    assert names(session, ada, text="100%_") == ["100%_sure"]
    assert names(session, ada, text="%") == names(session, ada, text="_") == []


def test_people_are_found_by_role_and_status(session: Session, ada: User) -> None:
    somebody(session, "Dana", email_verified_at=NOW)
    somebody(session, "Owen", is_host=True)
    somebody(session, "Sam", suspended_at=NOW, email_verified_at=NOW)
    somebody(session, "Gone", suspended_at=NOW, deleted_at=NOW)
    found = {status: names(session, ada, status=status, sort=Sort.NAME) for status in Status}
    assert found == {
        Status.ACTIVE: ["Ada", "Dana"],
        Status.UNVERIFIED: ["Owen"],
        Status.SUSPENDED: ["Sam"],
        Status.DELETED: ["Gone"],
    }
    roles = {role: names(session, ada, role=role, sort=Sort.NAME) for role in Role}
    assert roles == {Role.DRIVER: ["Dana", "Sam"], Role.HOST: ["Owen"], Role.ADMIN: ["Ada"]}
    assert names(session, ada, role=Role.HOST, status=Status.ACTIVE) == []
    for status, people in found.items():
        for user in directory.people(session, admin=ada, status=status):
            assert directory.status_of(user) == status
            assert user.name in people


def test_only_an_admin_sees_the_list(session: Session) -> None:
    with pytest.raises(AdminsOnly):
        directory.people(session, admin=person(session, "Sam"))


@given(
    people=st.lists(st.tuples(st.sampled_from("aAbBéz"), st.integers(0, 3)), max_size=12),
    sort=st.sampled_from(Sort),
    limit=st.integers(1, 5),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_page_by_page_everybody_comes_once_in_order(
    session: Session, people: list[tuple[str, int]], sort: Sort, limit: int
) -> None:
    with session.begin_nested() as whole:
        ada = somebody(session, f"Ada{new_id().hex}", is_admin=True)
        for letter, age in people:
            user = User(
                email=f"{letter.lower()}{new_id().hex}@example.com",
                name=letter,
                password_hash="!",
                created_at=NOW.replace(hour=age),
            )
            session.add(user)
        session.flush()
        everybody = [user.id for user in directory.people(session, admin=ada, sort=sort, limit=100)]
        seen: list[Any] = []
        while True:
            after = seen[-1] if seen else None
            page = directory.people(session, admin=ada, sort=sort, limit=limit, after=after)
            seen += [user.id for user in page]
            if len(page) < limit:
                break
        assert seen == everybody
        assert len(set(seen)) == len(people) + 1
        whole.rollback()


def test_who_comes_meanwhile_moves_nobody_to_another_page(session: Session, ada: User) -> None:
    for name in ("Bea", "Dora", "Finn"):
        somebody(session, name)
    first = directory.people(session, admin=ada, sort=Sort.NAME, limit=2)
    somebody(session, "Aaron")
    somebody(session, "Carl")
    rest = names(session, ada, sort=Sort.NAME, after=first[-1].id)
    assert [user.name for user in first] == ["Ada", "Bea"]
    assert rest == ["Carl", "Dora", "Finn"]


def test_an_account_is_its_owners_and_an_admins(session: Session, ada: User) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    for viewer in (dana, ada):
        assert directory.account(session, viewer=viewer, user_id=dana.id) == dana
        assert directory.editable(session, actor=viewer, user_id=dana.id) == dana
    for look in (
        lambda: directory.account(session, viewer=sam, user_id=dana.id),
        lambda: directory.editable(session, actor=sam, user_id=dana.id),
        lambda: directory.account(session, viewer=ada, user_id=new_id()),
    ):
        with pytest.raises(AccountUnknown):
            look()


def test_who_is_gone_is_seen_by_admins_and_changed_by_nobody(session: Session, ada: User) -> None:
    gone = somebody(session, "Gone", suspended_at=NOW, deleted_at=NOW)
    assert directory.account(session, viewer=ada, user_id=gone.id) == gone
    with pytest.raises(AccountUnknown):
        directory.editable(session, actor=ada, user_id=gone.id)
