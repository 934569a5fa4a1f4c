"""Every route, asked by everybody: what `permissions` says is what happens."""

import asyncio
import re
from collections.abc import Generator
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import Connection
from sqlmodel import Session
from starlette.routing import Mount

from parkplace.core.live import hub
from tests.api.conftest import As, program, the_api
from tests.api.permissions import COLUMNS, ROWS, Row
from tests.api.streams import listening
from tests.api.worlds import Headers, World, world
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox

# Every address below /api that is none.
NOWHERE = "/api/{path}"
REFUSED = {"401", "403", "404"}


@pytest.fixture(autouse=True)
def _sandbox(stripe_sandbox: RunningSandbox) -> Generator[None]:
    with paid_through(stripe_sandbox):
        yield
    hub().close()


def routes() -> set[str]:
    """Every route of the app, as rows are called."""
    return {
        f"{method} {route.path_format}"
        for route in iter_route_contexts(the_api().routes)
        if not isinstance(route.original_route, Mount) and route.path_format != NOWHERE
        for method in (route.methods or set()) - {"HEAD"}
    }


@pytest.mark.usefixtures("session")
def test_every_route_has_a_row_and_every_row_a_route() -> None:
    known = {row.name for row in ROWS}
    assert routes() - known == set(), "add a line for these to tests/api/permissions.py"
    assert known - routes() == set(), "these rows have no route any more"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_whole(row: Row) -> None:
    assert len(row.statuses) == len(COLUMNS)
    assert all(re.fullmatch(r"\d{3}", status) for status in row.statuses)
    if not row.public:
        nobody, guest, stranger, *_ = row.statuses
        assert {nobody, guest, stranger} <= REFUSED, "mark it as public, if it is"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everybody_gets_what_the_table_says(
    row: Row, session: Session, connection: Connection, as_: As
) -> None:
    made = world(session, as_)
    got = [
        _ask(connection, row, made, headers, suspended=column == "suspended")
        for column, headers in made.columns().items()
    ]
    assert " ".join(got) == " ".join(row.statuses)


def _ask(
    connection: Connection, row: Row, made: World, headers: Headers, *, suspended: bool
) -> str:
    """Ask one route as one caller, and leave the world as it was."""
    savepoint = connection.begin_nested()
    try:
        if suspended:
            made.suspend(connection)
        if row.path == "/live":
            return str(asyncio.run(_listen(given(row.query, made)["topic"], headers)))
        with program() as client:
            answer = client.request(
                row.method,
                address_of(row, made),
                headers=headers,
                follow_redirects=False,
                params=given(row.query, made) or None,
                json=given(row.body, made) or None,
                files=given(row.files, made) or None,
            )
        return str(answer.status_code)
    finally:
        savepoint.rollback()


async def _listen(topic: str, headers: Headers) -> int:
    async with listening(the_api(), [topic], headers) as stream:
        return stream.status


def address_of(row: Row, made: World) -> str:
    def of(found: re.Match[str]) -> str:
        return made.things[row.means.get(found[1], found[1])]

    return re.sub(r"\{(\w+)\}", of, row.path)


def given(function: Any, made: World) -> dict[str, Any]:
    return function(made) if function is not None else {}
