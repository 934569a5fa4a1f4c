"""Counting what the database is asked, so that no list asks once for each of its rows."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Engine, event

# Not asked for by anybody: the tests' savepoints, and what one connection learns once.
_NOBODYS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "PREPARE")


@contextmanager
def counted() -> Generator[list[str]]:
    """Give the list of statements sent to the database while the block runs, from any thread."""
    sent: list[str] = []

    def note(*given: object) -> None:
        statement = str(given[2])
        if not statement.startswith(_NOBODYS):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
