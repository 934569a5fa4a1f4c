"""Statements that PostgreSQL plans once for each connection, for what is asked most.

Planning a search or a map takes it as long as answering. psycopg2 knows no prepared statements, so
they are spelled in SQL: `PREPARE` once, `EXECUTE` from then on (postgresql.org/docs, "PREPARE").
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult
from sqlmodel import Session

from parkplace.core.db import sql

_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_INTEGER_MOST = 2**31
_KEPT = "prepared_statements"


def prepared(session: Session, statement: str, **parameters: Any) -> CursorResult[Any]:
    """Run SQL with `:name` parameters as `core.db.sql` does, without planning it anew.

    What a parameter is must follow from its value (numbers, instants) or from the statement.
    """
    connection = session.connection()
    known: dict[tuple[str, str], str] = connection.info.setdefault(_KEPT, {})
    text, names = _numbered(statement)
    types = ", ".join(_type(parameters[name]) for name in names)
    name = known.get((text, types))
    if name is None:
        name = f"parkplace_{len(known)}"
        connection.exec_driver_sql(f"PREPARE {name} ({types}) AS {text}")
        known[text, types] = name
    given = ", ".join(f":{parameter}" for parameter in names)
    return sql(session, f"EXECUTE {name} ({given})", **parameters)


@lru_cache(maxsize=512)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """Return a statement with numbers for its parameters, and their names in that order."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(statement)))
    numbers = {name: number for number, name in enumerate(names, start=1)}
    return _PARAMETER.sub(lambda found: f"${numbers[found[1]]}", statement), names


def _type(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer" if -_INTEGER_MOST <= value < _INTEGER_MOST else "bigint"
        case float():
            return "double precision"
        case datetime():
            return "timestamptz"
        case _:
            return "unknown"
