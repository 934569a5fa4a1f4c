"""The database: one transaction per call.

`transaction()` holds the only commit of the product. Doors open it, services and queries take the
session first and never commit.
"""

import select
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, TextClause, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from parkplace.core import meters
from parkplace.core.settings import get_settings

EXCLUSION_VIOLATION = "23P01"
UNIQUE_VIOLATION = "23505"
DEADLOCK_DETECTED = "40P01"

_SIGNALS = "signals"

_pinned: Connection | None = None
_made: list[Engine] = []


def driver_url(url: str) -> str:
    """Return a PostgreSQL URL with the driver spelled out.

    SQLAlchemy 2.1 takes `postgresql://` for psycopg 3 and refuses Heroku's `postgres://`.
    """
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        scheme = "postgresql+psycopg2"
    return f"{scheme}{separator}{rest}"


@lru_cache(maxsize=2)
def engine(*, reads: bool = False) -> Engine:
    """Return this process's engine, made on first use from `DATABASE_URL`.

    Args:
        reads: The one for `reading` instead, whose connections can write nothing.

    Raises:
        RuntimeError: No `DATABASE_URL` is set; `make run` sets one, and so must anything else.
    """
    url = get_settings().database_url
    if url is None:
        raise RuntimeError("DATABASE_URL is not set: start with `make run`, or set it")
    # Planning with JIT costs a short geographic search more than running it does.
    options = "-c timezone=UTC -c jit=off -c statement_timeout=30000"
    if reads:
        options += " -c default_transaction_read_only=on"
    made = create_engine(
        driver_url(url),
        pool_size=16,
        max_overflow=16,
        hide_parameters=True,  # an error's text goes to the log, and they are people's
        connect_args={"options": options},
        isolation_level="AUTOCOMMIT" if reads else "READ COMMITTED",
    )
    event.listen(made, "checkout", _require_alive)
    _made.append(made)
    return made


def close() -> None:
    """Close this process's connections; what comes next opens others, as the settings then say."""
    engine.cache_clear()
    while _made:
        _made.pop().dispose()


def connections() -> dict[str, int]:
    """Return how many connections of each of this process's pools are in use now."""
    return {
        name: made.pool.checkedout()
        for name, made in (("transactions", engine()), ("reads", engine(reads=True)))
        if isinstance(made.pool, QueuePool)
    }


@contextmanager
def transaction() -> Generator[Session, None, None]:
    """Open a session, commit when the block ends well, roll back when it raises."""
    bind = _pinned or engine()
    mode = "create_savepoint" if _pinned is not None else "conditional_savepoint"
    with Session(bind, expire_on_commit=False, join_transaction_mode=mode) as session:
        try:
            yield session
        except BaseException:
            session.rollback()
            meters.ROLLED_BACK.inc()
            raise
        session.commit()
    meters.COMMITTED.inc()


@contextmanager
def reading() -> Generator[Session, None, None]:
    """Open a session that can only read, each statement by itself.

    It is for what is asked most: without a transaction a search is one round trip to the database
    and not three.
    """
    bind = _pinned or engine(reads=True)
    with Session(bind, join_transaction_mode="create_savepoint") as session:
        yield session


@contextmanager
def pinned(connection: Connection) -> Generator[None, None, None]:
    """Make every transaction of this process a savepoint on one connection, for tests."""
    global _pinned  # noqa: PLW0603 - tests only, one process, one connection
    _pinned = connection
    try:
        yield
    finally:
        _pinned = None


def sql(session: Session, statement: str, **parameters: object) -> CursorResult[Any]:
    """Run SQL that says more than the query builder can, with `:name` parameters."""
    session.flush()
    return session.connection().execute(_text(statement), parameters)


# Finding the parameters in a long statement takes longer than sending it.
@lru_cache(maxsize=512)
def _text(statement: str) -> TextClause:
    return text(statement)


def lock(session: Session, *, name: str, key: str) -> None:
    """Wait for, then hold until the transaction's end, an advisory lock on one thing.

    Args:
        session: The open transaction.
        name: What kind of thing, such as `space`.
        key: Which one.
    """
    sql(session, "SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))", what=f"{name}:{key}")


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five-sign code of what went wrong."""
    return getattr(error.orig, "pgcode", None)


def constraint(error: DBAPIError) -> str | None:
    """Return the name of the constraint that refused a row."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None)


def notify(session: Session, *, topic: str) -> None:
    """Signal that the truth about `topic` changed; it leaves when the transaction commits.

    Signals carry no data: whoever hears one reads again. All of a transaction leave at once, so
    one about something that a savepoint took back may leave too, and does no harm.
    """
    session.connection()  # so that there is a transaction, which may be rolled back
    signals: dict[str, None] = session.info.setdefault(_SIGNALS, {})
    signals[topic] = None


@event.listens_for(Session, "before_commit")
def _send_signals(session: Session) -> None:
    topics = list(session.info.pop(_SIGNALS, ()))
    if topics:
        statement = "SELECT pg_notify('live', topic) FROM unnest(CAST(:topics AS text[])) topic"
        sql(session, statement, topics=topics)


@event.listens_for(Session, "after_soft_rollback")
def _forget_signals(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_SIGNALS, None)


def _require_alive(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401
    """Have the pool replace a connection that the server has closed.

    Such a connection has something to read, namely its end; one at rest has nothing. That is known
    here and now, where SQLAlchemy's own `pool_pre_ping` takes a round trip.
    """
    if connection.closed:
        raise DisconnectionError
    look = select.poll()
    look.register(connection, select.POLLIN)
    if look.poll(0):
        raise DisconnectionError
