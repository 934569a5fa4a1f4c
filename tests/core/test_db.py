import select
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg2
import pytest
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from psycopg2.extensions import connection as Listener  # noqa: N812 - it is a class
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col
from sqlmodel import select as choose

from parkplace.accounts.models import User
from parkplace.core.db import (
    UNIQUE_VIOLATION,
    constraint,
    driver_url,
    engine,
    lock,
    notify,
    sql,
    sqlstate,
    transaction,
)
from parkplace.core.settings import get_settings

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
SOON = 5  # seconds: how long to wait for what must come


def dana(email: str = "dana@example.com") -> User:
    return User(email=email, name="Dana", password_hash="!", created_at=NOW)


def emails() -> list[str]:
    with transaction() as session:
        return sorted(session.exec(choose(User.email)))


def test_an_error_does_not_tell_what_was_written(session: Session) -> None:
    secret = "$argon2id$dana"
    with pytest.raises(IntegrityError) as refused:
        sql(session, "INSERT INTO users (password_hash) VALUES (:hash)", hash=secret)
    assert "INSERT INTO users" in str(refused.value)
    assert secret not in str(refused.value).partition("DETAIL")[0]
    assert "hide_parameters" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://u:p@db:1/x", "postgresql+psycopg2://u:p@db:1/x"),
        ("postgresql://db/x?sslmode=require", "postgresql+psycopg2://db/x?sslmode=require"),
        ("postgresql+psycopg2://db/x", "postgresql+psycopg2://db/x"),
    ],
)
def test_every_spelling_of_a_url_means_the_same_driver(given: str, driver: str) -> None:
    assert driver_url(given) == driver


def test_without_a_database_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    get_settings.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="make run"):
            engine.__wrapped__()
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


@pytest.mark.usefixtures("committed_database")
def test_a_transaction_that_ends_well_is_kept() -> None:
    with transaction() as session:
        session.add(dana())
    assert emails() == ["dana@example.com"]


@pytest.mark.usefixtures("committed_database")
def test_a_transaction_that_raises_leaves_nothing() -> None:
    with pytest.raises(KeyboardInterrupt):
        _add_and_raise(dana(), KeyboardInterrupt())
    assert emails() == []


@pytest.mark.usefixtures("committed_database")
def test_what_was_read_can_be_used_after_the_transaction() -> None:
    with transaction() as session:
        user = dana()
        session.add(user)
    assert user.email == "dana@example.com"


def test_in_tests_a_transaction_is_a_savepoint_of_the_tests_own(session: Session) -> None:
    with transaction() as inner:
        inner.add(dana())
    with pytest.raises(ValueError, match="no"):
        _add_and_raise(dana("sam@example.com"), ValueError("no"))
    assert session.exec(choose(User.email)).all() == ["dana@example.com"]


def test_a_refused_row_says_which_constraint_refused_it(session: Session) -> None:
    session.add(dana())
    session.flush()
    session.add(dana())
    with pytest.raises(IntegrityError) as refused:
        session.flush()
    assert sqlstate(refused.value) == UNIQUE_VIOLATION
    assert constraint(refused.value) == "uq_users_email"


def test_sql_sees_what_the_session_has_not_written_yet(session: Session) -> None:
    session.add(dana())
    found = sql(session, "SELECT name FROM users WHERE email = :email", email="dana@example.com")
    assert found.scalar_one() == "Dana"


def test_the_database_speaks_utc_and_plans_without_jit(session: Session) -> None:
    assert sql(session, "SHOW timezone").scalar_one() == "UTC"
    assert sql(session, "SHOW jit").scalar_one() == "off"


@pytest.mark.usefixtures("committed_database")
def test_a_lock_is_held_until_the_transaction_ends() -> None:
    order: list[str] = []
    started, waiting = threading.Event(), threading.Event()

    def second() -> None:
        assert started.wait(SOON)
        with transaction() as session:
            backend = sql(session, "SELECT pg_backend_pid()").scalar_one()
            pids.append(backend)
            waiting.set()
            lock(session, name="space", key="one")
            order.append("second")

    pids: list[int] = []
    thread = threading.Thread(target=second)
    thread.start()
    with transaction() as session:
        lock(session, name="space", key="one")
        started.set()
        assert waiting.wait(SOON)
        with transaction() as other:
            lock(other, name="space", key="two")  # another thing is not held up
            _until_blocked(other, pids[0])
        order.append("first")
    thread.join(SOON)
    assert order == ["first", "second"]


def test_a_signal_leaves_with_the_commit_and_only_then(committed_database: str) -> None:
    with _listening(committed_database) as ear:
        with pytest.raises(ValueError, match="no"):
            _signal_and_raise("space:never", ValueError("no"))
        with transaction() as session:
            notify(session, topic="space:1")
            notify(session, topic="space:1")
            notify(session, topic="user:2")
            assert not _heard(ear, seconds=0.05)
        assert _heard(ear, seconds=SOON) == ["space:1", "user:2"]


@pytest.mark.usefixtures("committed_database")
def test_a_dead_connection_is_replaced_without_anybody_noticing() -> None:
    with transaction() as session:
        pid = sql(session, "SELECT pg_backend_pid()").scalar_one()
    with psycopg2.connect(get_settings().database_url or "") as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    other.close()
    with transaction() as session:
        assert session.exec(choose(User).where(col(User.email) == "x")).first() is None


def _add_and_raise(user: User, error: BaseException) -> None:
    with transaction() as session:
        session.add(user)
        session.flush()
        raise error


def _signal_and_raise(topic: str, error: BaseException) -> None:
    with transaction() as session:
        notify(session, topic=topic)
        raise error


def _until_blocked(session: Session, pid: int) -> None:
    deadline = threading.Event()
    timer = threading.Timer(SOON, deadline.set)
    timer.start()
    try:
        while not sql(session, "SELECT cardinality(pg_blocking_pids(:pid))", pid=pid).scalar_one():
            assert not deadline.is_set(), "the second transaction never waited"
    finally:
        timer.cancel()


@contextmanager
def _listening(url: str) -> Generator[Listener]:
    ear = psycopg2.connect(url)
    ear.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with ear.cursor() as cursor:
        cursor.execute("LISTEN live")
    try:
        yield ear
    finally:
        ear.close()


def _heard(ear: Listener, *, seconds: float) -> list[str]:
    if select.select([ear], [], [], seconds) != ([], [], []):
        ear.poll()
    topics = [notice.payload for notice in ear.notifies]
    ear.notifies.clear()
    return topics
