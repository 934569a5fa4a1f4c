"""How often the database is asked about spaces: as often for one row as for thirty."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import blocks
from parkplace.bookings.blocks import Blocked
from parkplace.core.ids import new_id
from parkplace.spaces.models import Space, SpacePhoto
from tests import factories as make
from tests.api.conftest import As
from tests.factories import NOW, period
from tests.statements import statements

SPACES = "/api/v1/spaces"
HERE = {"lat": 40.7290, "lng": -73.9888}
STAY = {"starts_at": "2026-11-21T13:00:00-05:00", "ends_at": "2026-11-21T16:00:00-05:00"}
BOX = {"bbox": "-74.02,40.70,-73.96,40.76"}
ALL = {"limit": 100}
# What is asked, and how often the database is, besides finding out who is asking.
ROUTES: dict[str, tuple[str, dict[str, Any], int]] = {
    "the nearest that are free": (SPACES, HERE | STAY | ALL, 1),
    "the cheapest that are free": (SPACES, HERE | STAY | ALL | {"sort": "price"}, 3),
    "the nearest": (SPACES, HERE | ALL, 1),
    "the newest": (SPACES, ALL, 1),
    "the newest in a box": (SPACES, ALL | BOX, 2),
    "the newest that are free": (SPACES, ALL | STAY, 2),
    "nearby": (f"{SPACES}/nearby", HERE | ALL, 1),
    "a map": (f"{SPACES}/pins", BOX | STAY | {"zoom": 17}, 1),
    "tags": ("/api/v1/tags", {}, 1),
    "a space": (f"{SPACES}/{{space}}", {}, 2),
    "a space for a stay": (f"{SPACES}/{{space}}", STAY, 4),
    "its availability": (f"{SPACES}/{{space}}/availability", {}, 2),
    "its calendar": (f"{SPACES}/{{space}}/calendar", {}, 3),
}
ITS_HOSTS: dict[str, tuple[str, dict[str, Any], int]] = {
    "one's own": (SPACES, ALL | {"host": "me"}, 1),
    "a space": (f"{SPACES}/{{space}}", {}, 2),
    "its availability": (f"{SPACES}/{{space}}/availability", {}, 3),
    "its calendar": (f"{SPACES}/{{space}}/calendar", {}, 5),
    "its bookings": (f"{SPACES}/{{space}}/bookings", ALL, 3),
}


def fill(session: Session, host: User, many: int) -> Space:
    """So many spaces; the first has so many photos, bookings and blocks."""
    made = [make.space(session, host, capacity=40) for _ in range(many)]
    lot = made[0]
    for number in range(many):
        make.confirmed(session, lot, None, period(number, 1))
        session.add(
            SpacePhoto(
                space_id=lot.id, position=number, file_key="ab", width=9, height=9, created_at=NOW
            )
        )
    said = [Blocked(period(40 + n, 1), (n + 1,)) for n in range(many)]
    blocks.replace(session, space=lot, blocks=said, now=NOW)
    session.commit()
    return lot


@pytest.fixture
def asked(client: TestClient, session: Session) -> Callable[..., int]:
    def count(path: str, parameters: dict[str, Any], who: dict[str, str]) -> int:
        session.expunge_all()
        client.get(path, params=parameters, headers=who)  # what is prepared once is prepared
        with statements() as sent:
            answer = client.get(path, params=parameters, headers=who)
        assert answer.status_code in {200, 404}, answer.text
        return len(sent)

    return count


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("many", [1, 30])
def test_for_everybody(session: Session, asked: Callable[..., int], name: str, many: int) -> None:
    path, parameters, expected = ROUTES[name]
    lot = fill(session, make.owen(session), many)
    assert asked(path.format(space=lot.id), parameters, {}) == expected


@pytest.mark.parametrize("name", ITS_HOSTS)
@pytest.mark.parametrize("many", [1, 30])
def test_for_its_host(
    *, session: Session, asked: Callable[..., int], as_: As, name: str, many: int
) -> None:
    path, parameters, expected = ITS_HOSTS[name]
    host = make.owen(session)
    lot = fill(session, host, many)
    owen = as_(host)
    # Looking for what is not there takes one statement.
    who_is_asking = asked(f"{SPACES}/{new_id()}", {}, owen) - 1
    assert asked(path.format(space=lot.id), parameters, owen) == expected + who_is_asking
