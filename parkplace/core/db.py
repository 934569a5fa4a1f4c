"""The database: one engine per process, one transaction per call.

`transaction()` holds the only commit of the product. Doors open it, services and queries take the
session first and never commit.
"""

from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, TextClause, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from parkplace.core.settings import get_settings

EXCLUSION_VIOLATION = "23P01"
UNIQUE_VIOLATION = "23505"
DEADLOCK_DETECTED = "40P01"

_pinned: Connection | None = None


def driver_url(url: str) -> str:
    """Return a PostgreSQL URL with the driver spelled out.

    SQLAlchemy 2.1 takes `postgresql://` for psycopg 3 and refuses Heroku's `postgres://`.
    """
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        scheme = "postgresql+psycopg2"
    return f"{scheme}{separator}{rest}"


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return this process's engine, made on first use from `DATABASE_URL`.

    Raises:
        RuntimeError: No `DATABASE_URL` is set; `make run` sets one, and so must anything else.
    """
    url = get_settings().database_url
    if url is None:
        raise RuntimeError("DATABASE_URL is not set: start with `make run`, or set it")
    return create_engine(
        driver_url(url),
        pool_size=16,
        max_overflow=16,
        pool_pre_ping=True,
        # Planning with JIT costs a short geographic search more than running it does.
        connect_args={"options": "-c timezone=UTC -c jit=off -c statement_timeout=30000"},
    )


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
            raise
        session.commit()


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

    Signals carry no data: whoever hears one reads again. PostgreSQL drops repeats of the same
    topic within a transaction.
    """
    sql(session, "SELECT pg_notify('live', :topic)", topic=topic)
