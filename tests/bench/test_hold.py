"""The reference for holds does what the product does, statement for statement."""

import re
from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import event

from bench import reference
from parkplace.bookings.access import NOBODY
from parkplace.bookings.holding import hold
from parkplace.core import db
from parkplace.core.db import transaction
from parkplace.spaces.hours import Interval, merged
from parkplace.spaces.schedules import intern_schedule
from tests import factories as make
from tests.factories import NOW, period

_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+(\w+)", re.IGNORECASE)


@pytest.fixture
def spoken(committed_database: str) -> Generator[list[str]]:
    """What this process says to the database."""
    assert committed_database
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield statements
    event.remove(db.engine(), "before_cursor_execute", note)


def gist(statement: str) -> str:
    """The verb of a statement, and what it is about."""
    if function := re.search(r"pg_\w+", statement):
        return function[0]
    found = _TABLE.search(statement)
    assert found is not None, statement
    return f"{statement.split(maxsplit=1)[0].lower()} {found[1].lower()}"


def test_pgbench_runs_the_statements_of_a_hold(spoken: list[str]) -> None:
    with transaction() as session:
        # Saturday all day, so that its opening hours are asked about.
        week = merged([Interval(day, 0, 24 * 60) for day in range(6)])
        assert week is not None
        hours = intern_schedule(session, hours=week, timezone=make.NEW_YORK, now=NOW)
        space = make.space(session, make.owen(session), schedule_id=hours)
    spoken.clear()
    with transaction() as session:
        hold(
            session,
            caller=NOBODY,
            space_id=space.id,
            period=period(1, 2),
            email="sam@example.com",
            now=NOW,
        )

    script = re.sub(r"^(--|\\).*$", "", reference.HOLD.read_text(), flags=re.MULTILINE)
    statements = [one.strip() for one in re.split(r";|\\gset", script)]
    theirs = [gist(one) for one in statements if one and one not in {"BEGIN", "COMMIT"}]
    assert [gist(one) for one in spoken] == theirs
