"""The admin's list of people, at a size at which a wrong plan is felt."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import event

from parkplace.accounts import directory
from parkplace.accounts.directory import Role, Sort, Status
from parkplace.accounts.models import User
from parkplace.core.db import engine, sql, transaction
from tests import databases
from tests.accounts.people import person

MANY = 100_000


@pytest.fixture(scope="module")
def crowd(database_server: str) -> Generator[User]:
    """A hundred thousand people: one in ten hosts, a few suspended, three admins."""
    with databases.fresh_database(database_server) as url, databases.pointed_at(url):
        with transaction() as session:
            sql(
                session,
                """
                INSERT INTO users (id, email, name, password_hash, is_host, is_admin, created_at,
                    email_verified_at, suspended_at)
                SELECT gen_random_uuid(), md5(n::text) || '@example.com', initcap(md5(n::text)),
                    '!', n % 10 = 0, n % 33333 = 0, now() - n * interval '1 minute',
                    CASE WHEN n % 4 > 0 THEN now() END, CASE WHEN n % 5000 = 7 THEN now() END
                FROM generate_series(1, :many) n
                """,
                many=MANY,
            )
            admin = person(session, "Ada")
            admin.is_admin = True
        with engine().connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                "VACUUM ANALYZE users"
            )
        yield admin


CASES: dict[str, dict[str, Any]] = {
    "the newest": {},
    "by name": {"sort": Sort.NAME},
    "by address": {"sort": Sort.EMAIL},
    "a beginning": {"text": "ada"},
    "a beginning, by name": {"text": "4f2a", "sort": Sort.NAME},
    "one letter": {"text": "a"},
    "admins": {"role": Role.ADMIN},
    "admins by name": {"role": Role.ADMIN, "sort": Sort.NAME},
    "hosts": {"role": Role.HOST},
    "suspended": {"status": Status.SUSPENDED},
    "deleted": {"status": Status.DELETED},
    "unverified by address": {"status": Status.UNVERIFIED, "sort": Sort.EMAIL},
}


@pytest.mark.parametrize("wanted", CASES.values(), ids=CASES)
@pytest.mark.parametrize("paged", [False, True])
def test_a_page_of_a_hundred_thousand_people_reads_few_rows(
    crowd: User, wanted: dict[str, Any], *, paged: bool
) -> None:
    with transaction() as session:
        asked: list[tuple[str, Any]] = []
        connection = session.connection()

        @event.listens_for(connection, "before_cursor_execute")
        def note(_c: Any, _cur: Any, statement: str, given: Any, *_: Any) -> None:
            asked.append((statement, given))

        page = directory.people(session, admin=crowd, limit=50, **wanted)
        if paged and page:
            asked.clear()
            directory.people(session, admin=crowd, limit=50, after=page[-1].id, **wanted)
        event.remove(connection, "before_cursor_execute", note)
        statement, given = asked[-1]
        explained = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", given
        ).scalar_one()
        plan = explained[0]["Plan"]
    assert "Seq Scan" not in str(plan), plan
    assert _read(plan) < 12_000


def _read(plan: dict[str, Any]) -> float:
    """How many rows the deepest parts of a plan looked at."""
    below = plan.get("Plans", [])
    here = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return max([here * plan["Actual Loops"], *map(_read, below)])
