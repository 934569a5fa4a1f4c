"""Figures, and who sees which."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.core.money import Money
from parkplace.payments import ledger
from parkplace.spaces.models import Space
from tests import factories as make
from tests.api.conftest import As
from tests.factories import HOUR, NOW, period
from tests.statements import statements

STATS = "/api/v1/dashboard/stats"
AROUND = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-23T00:00:00Z"}


@pytest.fixture
def garage(session: Session) -> Space:
    """Owen's garage, where Dana stands from 1 p.m. to 4 p.m."""
    space = make.space(session, make.owen(session))
    booking = make.confirmed(session, space, make.dana(session), period(1, 3))
    ledger.stay_ended(
        session,
        order_id=booking.id,
        host_id=space.host_id,
        amount=Money(1200, "USD"),
        now=NOW + 4 * HOUR,
    )
    session.commit()
    return space


def named(session: Session, name: str) -> User:
    return session.exec(select(User).where(col(User.name) == name)).one()


def ask(client: TestClient, who: dict[str, str], **more: Any) -> Any:
    return client.get(STATS, params=AROUND | more, headers=who)


def test_a_driver_a_host_and_an_admin_each_see_their_own(
    client: TestClient, session: Session, garage: Space, as_: As
) -> None:
    dana, owen = named(session, "Dana"), session.get_one(User, garage.host_id)
    hers = ask(client, as_(dana)).json()
    assert (hers["role"], hers["host"], hers["admin"], hers["series"]) == ("driver", None, None, [])
    assert hers["driver"] == {"stays": 1, "hours": 3.0, "spent": []}
    assert (hers["starts_at"], hers["ends_at"]) == (AROUND["from"], AROUND["to"])
    his = ask(client, as_(owen), role="host").json()
    assert his["host"] == {
        "spaces": 1,
        "bookings": 1,
        "hours": 3.0,
        "occupancy": pytest.approx(3 / 31, abs=1e-4),
        "earned": [{"amount_minor": 1200, "currency": "USD"}],
    }
    assert [day["first_day"] for day in his["series"]] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert his["series"][1]["earned"] == his["host"]["earned"]
    all_ = ask(client, as_(make.ada(session)), role="admin").json()["admin"]
    assert (all_["users"], all_["spaces"], all_["bookings"]) == (
        3,
        {"published": 1},
        {"confirmed": 1},
    )


def test_nobody_sees_what_is_not_theirs(
    client: TestClient, session: Session, garage: Space, as_: As
) -> None:
    sam = as_(make.sam(session))
    assert ask(client, {}).status_code == 401
    for who in (sam, as_(named(session, "Dana")), as_(session.get_one(User, garage.host_id))):
        answer = ask(client, who, role="admin")
        assert (answer.status_code, answer.json()["code"]) == (403, "admins_only")
    assert ask(client, sam, role="host").json()["host"]["bookings"] == 0
    assert ask(client, sam).json()["driver"]["stays"] == 0
    ada = as_(make.ada(session))
    assert ask(client, ada, role="host").json()["host"]["earned"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"role": "everybody"}, "invalid"),
        ({"from": "2026-11-20"}, "invalid"),
        ({"from": "2025-01-01T00:00:00Z"}, "span_too_long"),
        ({"to": "2026-11-19T00:00:00Z"}, "period_empty"),
        ({"from": "0001-01-01T00:00:00Z"}, "outside_time"),
        ({"timezone": "Mars/Olympus"}, "unknown_zone"),
        ({"step": "hour"}, "invalid"),
        ({"user": "dana"}, "invalid"),
    ],
)
def test_figures_are_asked_for_rightly(
    client: TestClient, session: Session, as_: As, wrong: dict[str, str], code: str
) -> None:
    answer = ask(client, as_(make.dana(session)), **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_months_in_the_hosts_own_clock(
    client: TestClient, session: Session, garage: Space, as_: As
) -> None:
    owen = as_(session.get_one(User, garage.host_id))
    asked = {"step": "month", "timezone": make.NEW_YORK, "from": "2026-10-01T04:00:00Z"}
    months = ask(client, owen, role="host", **asked).json()["series"]
    assert [(one["first_day"], one["bookings"]) for one in months] == [
        ("2026-10-01", 0),
        ("2026-11-01", 1),
    ]


def test_what_one_ever_did(client: TestClient, session: Session, garage: Space, as_: As) -> None:
    path = "/api/v1/users/me/stats"
    assert client.get(path).status_code == 401
    owen = client.get(path, headers=as_(session.get_one(User, garage.host_id))).json()
    assert set(owen) == {"since", "driver", "host"}
    assert owen["host"]["spaces"] == 1
    assert owen["host"]["bookings"] == 0  # hers has not begun
    with statements() as said:
        client.get(path, headers=as_(make.sam(session)))
    assert len([one for one in said if "FROM bookings" in one]) == 2
