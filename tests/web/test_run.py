import asyncio
import threading

import pytest
from sqlmodel import Session

from parkplace.core.db import sql
from parkplace.core.errors import Conflict
from parkplace.web.run import aside, run


def _note(session: Session, text: str) -> None:
    sql(session, "CREATE TABLE IF NOT EXISTS notes (text text)")
    sql(session, "INSERT INTO notes VALUES (:text)", text=text)


def _noted(session: Session) -> list[str]:
    return [row.text for row in sql(session, "SELECT text FROM notes")]


def test_a_call_is_one_committed_transaction(session: Session) -> None:
    asyncio.run(run(lambda inner: _note(inner, "kept")))
    assert _noted(session) == ["kept"]


def test_a_refused_call_leaves_nothing(session: Session) -> None:
    def refused(inner: Session) -> None:
        _note(inner, "not kept")
        raise Conflict("No.")

    asyncio.run(run(lambda inner: _note(inner, "kept")))
    with pytest.raises(Conflict):
        asyncio.run(run(refused))
    assert _noted(session) == ["kept"]


def test_a_call_that_waits_lets_other_visitors_go_on() -> None:
    held, free = threading.Event(), threading.Event()

    def waiting() -> bool:
        held.set()
        return free.wait(30)

    async def visitors() -> bool:
        first = asyncio.create_task(aside(waiting))
        await aside(held.wait)
        assert await aside(lambda: "served") == "served"
        free.set()
        return await first

    assert asyncio.run(visitors())


def test_what_a_call_returns_comes_back(session: Session) -> None:
    assert session.is_active
    assert asyncio.run(run(lambda inner: sql(inner, "SELECT 41 + 1").scalar_one())) == 42
