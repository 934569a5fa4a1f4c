import logging
import statistics
import time

import pytest
from argon2 import PasswordHasher
from sqlmodel import Session, select

from parkplace.accounts.emails import BadEmail
from parkplace.accounts.models import User
from parkplace.accounts.passwords import needs_upgrade
from parkplace.accounts.queries import user_by_email, user_by_id
from parkplace.accounts.service import (
    BadName,
    EmailTaken,
    WrongCredentials,
    register,
    sign_in,
)
from parkplace.accounts.strength import WeakPassword
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, PASSWORD, person


def dana(session: Session) -> User:
    return register(session, email="Dana@Example.com", name="Dana", password=PASSWORD, now=NOW)


def test_dana_signs_up_and_signs_in(session: Session) -> None:
    user = dana(session)
    assert (user.email, user.name, user.created_at) == ("dana@example.com", "Dana", NOW)
    assert not user.is_host
    assert not user.is_admin
    assert sign_in(session, email=" DANA@example.COM ", password=PASSWORD).id == user.id


def test_dana_is_found_by_address_and_by_id(session: Session) -> None:
    user = dana(session)
    assert user_by_email(session, email="dana@example.com") == user
    assert user_by_id(session, user_id=user.id) == user
    assert user_by_email(session, email="sam@example.com") is None
    assert user_by_id(session, user_id=new_id()) is None


def test_the_password_is_stored_only_as_a_hash(session: Session) -> None:
    stored = dana(session).password_hash
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_a_known_address_cannot_sign_up_again_in_any_spelling(session: Session) -> None:
    user = dana(session)
    with pytest.raises(EmailTaken, match="Sign in instead") as refused:
        register(session, email="DANA@EXAMPLE.com", name="Sam", password=PASSWORD, now=NOW)
    assert (refused.value.code, refused.value.field) == ("email_taken", "email")
    assert session.exec(select(User)).all() == [user]
    assert user.name == "Dana"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Da\0na", "Dana\ud800", "Dana\x1b[2J"])
def test_a_name_is_1_to_80_letters_on_one_line(session: Session, name: str) -> None:
    with pytest.raises(BadName) as refused:
        register(session, email="dana@example.com", name=name, password=PASSWORD, now=NOW)
    assert refused.value.field == "name"
    assert session.exec(select(User)).all() == []


def test_a_name_may_be_anything_a_person_is_called(session: Session) -> None:
    typed = "  Zoë \n O'Neill-Łukasz <b>李</b> "
    user = register(session, email="z@example.com", name=typed, password=PASSWORD, now=NOW)
    assert user.name == "Zoë O'Neill-Łukasz <b>李</b>"


def test_bad_input_is_refused_and_nothing_is_written(session: Session) -> None:
    with pytest.raises(BadEmail):
        register(session, email="dana", name="Dana", password=PASSWORD, now=NOW)
    with pytest.raises(WeakPassword):
        register(session, email="d@example.com", name="Dana", password="password12", now=NOW)
    assert session.exec(select(User)).all() == []


@pytest.mark.usefixtures("committed_database")
def test_of_two_who_sign_up_with_one_address_at_once_one_gets_it() -> None:
    outcomes = at_once(_registers, ["Dana", "Sam", "Ada", "Owen"])
    assert sorted(outcomes) == ["email_taken"] * 3 + ["registered"]
    with transaction() as session:
        assert len(session.exec(select(User)).all()) == 1


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("dana@example.com", "plum harbour trellis ten"),
        ("dana@example.com", ""),
        ("dana@example.com", "x" * 100_000),
        ("dana@example.com", "\ud800"),
        ("sam@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("dana@example.com\0", PASSWORD),
        ("dana@example.com' OR 1=1 --", PASSWORD),
    ],
)
def test_every_refusal_says_the_same(session: Session, email: str, password: str) -> None:
    dana(session)
    with pytest.raises(WrongCredentials) as refused:
        sign_in(session, email=email, password=password)
    assert refused.value.code == "wrong_credentials"
    assert refused.value.message == "E-mail or password is wrong. Check both and try again."
    assert refused.value.field is None
    assert refused.value.details == {}


def test_an_account_without_a_password_opens_to_nobody(session: Session) -> None:
    owen = person(session, "Owen")
    for password in ("!", "", owen.password_hash):
        with pytest.raises(WrongCredentials):
            sign_in(session, email=owen.email, password=password)


def test_a_refusal_takes_as_long_whether_or_not_the_address_is_known(session: Session) -> None:
    dana(session)
    person(session, "Owen")
    causes = {
        "wrong password": ("dana@example.com", "plum harbour trellis ten"),
        "unknown address": ("sam@example.com", PASSWORD),
        "no address": ("sam", PASSWORD),
        "endless password": ("dana@example.com", "x" * 2000),
        "no password set": ("owen@example.com", PASSWORD),
    }
    took: dict[str, list[float]] = {cause: [] for cause in causes}
    for _ in range(11):
        for cause, (email, password) in causes.items():
            began = time.thread_time()  # of the processor, so that a busy machine does not matter
            with pytest.raises(WrongCredentials):
                sign_in(session, email=email, password=password)
            took[cause].append(time.thread_time() - began)
    medians = {cause: statistics.median(times) for cause, times in took.items()}
    for cause, median in medians.items():
        # Without the same work it would be a twentieth.
        assert 0.6 < median / medians["wrong password"] < 1.7, cause


def test_an_outdated_hash_is_renewed_when_its_owner_signs_in(session: Session) -> None:
    weaker = PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash(PASSWORD)
    user = person(session, "Dana")
    user.password_hash = weaker
    with pytest.raises(WrongCredentials):
        sign_in(session, email=user.email, password="wrong words")
    assert user.password_hash == weaker
    sign_in(session, email=user.email, password=PASSWORD)
    session.flush()
    session.expire_all()
    assert not needs_upgrade(user.password_hash)
    assert sign_in(session, email=user.email, password=PASSWORD) == user


def test_no_password_is_ever_logged(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    dana(session)
    sign_in(session, email="dana@example.com", password=PASSWORD)
    with pytest.raises(WrongCredentials):
        sign_in(session, email="dana@example.com", password=f"{PASSWORD} not")
    assert "plum" not in caplog.text


def _registers(name: str) -> str:
    try:
        with transaction() as session:
            register(session, email="d@example.com", name=name, password=PASSWORD, now=NOW)
    except EmailTaken as taken:
        return taken.code
    return "registered"
