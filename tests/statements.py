"""How many statements something sends to the database."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_QUIET = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")


@contextmanager
def statements() -> Generator[list[str]]:
    """Gather what this process says to any database while the block runs.

    Savepoints are left out: where a test's transactions are savepoints, the product's are none.
    """
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        if not statement.lstrip().startswith(_QUIET):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
