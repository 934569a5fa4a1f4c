"""What a stay would cost, in the API's words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from parkplace.bookings.models import Quote
from parkplace.core.ids import new_id
from parkplace.spaces.models import Space, SpaceStatus
from tests import factories as make
from tests.api.conftest import at
from tests.factories import NOW


@pytest.fixture
def garage(session: Session) -> Space:
    space = make.space(session, make.owen(session))
    session.commit()
    return space


def stay(space: Space, **change: Any) -> dict[str, Any]:
    asked = {
        "space_id": str(space.id),
        "starts_at": "2026-11-21T13:00:00-05:00",
        "ends_at": "2026-11-21T16:00:00-05:00",
    } | change
    return {name: value for name, value in asked.items() if value is not None}


def test_a_quote_says_what_a_stay_costs_line_by_line(client: TestClient, garage: Space) -> None:
    answer = client.post("/api/v1/quotes", json=stay(garage))
    assert answer.status_code == 201
    said = answer.json()
    assert UUID(said["id"]).version == 7
    assert said["total"] == {"amount_minor": 1200, "currency": "USD"}
    assert said["lines"] == [
        {"text": "3 h at $4.00 an hour", "amount": {"amount_minor": 1200, "currency": "USD"}}
    ]
    assert said["starts_at"] == "2026-11-21T18:00:00Z"
    assert said["expires_at"].startswith("2026-11-21T17:15:0")


@pytest.mark.parametrize(
    "spelled",
    [
        "2026-11-21T18:00:00Z",
        "2026-11-21t18:00:00z",
        "2026-11-21T18:00:00.000000000Z",
        "2026-11-21T23:30:00+05:30",
        "2026-11-21 13:00-05:00",
    ],
)
def test_an_instant_has_many_spellings(client: TestClient, garage: Space, spelled: str) -> None:
    answer = client.post("/api/v1/quotes", json=stay(garage, starts_at=spelled))
    assert answer.json()["starts_at"] == "2026-11-21T18:00:00Z"


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"starts_at": "2026-11-21T13:00:00"}, "invalid", "starts_at"),
        ({"starts_at": "2026-11-21"}, "invalid", "starts_at"),
        ({"starts_at": "tomorrow"}, "invalid", "starts_at"),
        ({"starts_at": 1795284000}, "invalid", "starts_at"),
        ({"starts_at": "2026-02-30T13:00:00Z"}, "invalid", "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "invalid", "starts_at"),
        ({"ends_at": "9999-12-31T23:59:59-14:00"}, "invalid", "ends_at"),
        ({"starts_at": "2026-11-21T13:00:00\u0000Z"}, "invalid", "starts_at"),
        ({"starts_at": None}, "period_needed", "starts_at"),
        ({"ends_at": None}, "period_needed", "ends_at"),
        ({"starts_at_local": "2026-11-21T13:00"}, "period_needed", "starts_at"),
        ({"ends_at": "2026-11-21T12:00:00-05:00"}, "period_empty", "ends_at"),
        ({"ends_at": "2026-11-21T13:00:00-05:00"}, "period_empty", "ends_at"),
        ({"starts_at": "2026-11-21T11:00:00-05:00"}, "period_past", "starts_at"),
        ({"ends_at": "2036-11-21T16:00:00-05:00"}, "period_too_long", "ends_at"),
        (
            {"starts_at": "2036-11-21T16:00:00Z", "ends_at": "2036-11-21T17:00:00Z"},
            "period_too_far",
            "starts_at",
        ),
        ({"space_id": "1"}, "invalid", "space_id"),
        ({"space_id": None}, "invalid", "space_id"),
        ({"total": 1}, "invalid", "total"),
    ],
)
def test_a_stay_that_cannot_be_is_refused_with_a_sentence(
    *,
    client: TestClient,
    session: Session,
    garage: Space,
    change: dict[str, object],
    code: str,
    path: str,
) -> None:
    answer = client.post("/api/v1/quotes", json=stay(garage, **change))
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, code)
    assert path in [found["path"] for found in said["errors"]]
    assert said["detail"].endswith(".")
    assert not session.exec(select(Quote)).all()


def test_an_instant_without_offset_says_what_to_add(client: TestClient, garage: Space) -> None:
    answer = client.post("/api/v1/quotes", json=stay(garage, starts_at="2026-11-21T13:00:00"))
    assert "has no offset" in answer.json()["detail"]
    assert "_local" in answer.json()["detail"]


def test_a_space_that_is_not_listed_has_no_price(
    client: TestClient, session: Session, garage: Space
) -> None:
    unknown = client.post("/api/v1/quotes", json=stay(garage, space_id=str(new_id())))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "space_not_found")
    garage.status = SpaceStatus.PAUSED
    session.add(garage)
    session.commit()
    assert client.post("/api/v1/quotes", json=stay(garage)).status_code == 404


class TestClockChanges:
    """New York's clocks, in March 2026 forwards and in November 2026 back."""

    def local(self, space: Space, start: str, end: str) -> dict[str, Any]:
        return {"space_id": str(space.id), "starts_at_local": start, "ends_at_local": end}

    def test_a_wall_time_is_the_spaces(self, client: TestClient, garage: Space) -> None:
        asked = self.local(garage, "2026-11-21T13:00", "2026-11-21T16:00:00")
        assert client.post("/api/v1/quotes", json=asked).json()["starts_at"] == (
            "2026-11-21T18:00:00Z"
        )

    @pytest.mark.parametrize(
        ("night", "hours"), [(("03-07", "03-08"), 9), (("10-31", "11-01"), 11)]
    )
    def test_a_night_is_as_long_as_it_is(
        self, client: TestClient, garage: Space, night: tuple[str, str], hours: int
    ) -> None:
        at(NOW - timedelta(days=330))
        start, end = (
            f"2026-{day}T{time}" for day, time in zip(night, ("22:00", "08:00"), strict=True)
        )
        said = client.post("/api/v1/quotes", json=self.local(garage, start, end)).json()
        assert said["total"]["amount_minor"] == hours * 400 if hours * 400 < 2700 else 2700
        assert f"{hours} h" in said["lines"][0]["text"]

    def test_an_hour_that_is_skipped_is_refused(self, client: TestClient, garage: Space) -> None:
        at(NOW - timedelta(days=330))
        asked = self.local(garage, "2026-03-08T02:30", "2026-03-08T08:00")
        answer = client.post("/api/v1/quotes", json=asked)
        said = answer.json()
        assert (answer.status_code, said["code"]) == (422, "time_skipped")
        assert said["errors"][0]["path"] == "starts_at_local"
        assert "does not exist" in said["detail"]

    def test_an_hour_that_comes_twice_is_asked_back(
        self, client: TestClient, garage: Space
    ) -> None:
        at(NOW - timedelta(days=330))
        asked = self.local(garage, "2026-10-31T22:00", "2026-11-01T01:30")
        answer = client.post("/api/v1/quotes", json=asked)
        said = answer.json()
        assert (answer.status_code, said["code"]) == (422, "time_repeated")
        assert said["errors"][0]["path"] == "ends_at_local"
        lengths: list[str] = []
        for which in ("first", "second"):
            meant = {name: asked[name] for name in ("space_id", "starts_at_local")}
            meant["ends_at"] = said["details"][which]
            quote = client.post("/api/v1/quotes", json=meant).json()
            lengths.append(quote["lines"][0]["text"].partition(" at")[0])
        assert lengths == ["3 h 30 min", "4 h 30 min"]

    @pytest.mark.parametrize(
        "wall", ["2026-11-21T13:00Z", "2026-11-21T13:00-05:00", "25:00", "0001-01-01T00:00", 13]
    )
    def test_a_wall_time_has_no_offset(
        self, client: TestClient, garage: Space, wall: object
    ) -> None:
        asked = self.local(garage, "2026-11-21T13:00", "2026-11-21T16:00")
        asked["starts_at_local"] = wall
        answer = client.post("/api/v1/quotes", json=asked)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"] == "starts_at_local"


def test_a_quote_is_read_again_by_whoever_knows_its_id(client: TestClient, garage: Space) -> None:
    given = client.post("/api/v1/quotes", json=stay(garage)).json()
    path = f"/api/v1/quotes/{given['id']}"
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, given)
    assert answer.headers["cache-control"] == "public, max-age=60"
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(path, headers=known).status_code == 304
    at(NOW + timedelta(minutes=20))
    assert client.get(path).json() == given  # it counts no more, and says until when it did


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("01a20061-8ea1-7247-abc5-64fd36f4e56c", 404, "quote_not_found"), ("1", 422, "invalid")],
)
def test_a_quote_that_never_was(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/quotes/{name}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_same_key_is_the_same_quote(
    client: TestClient, session: Session, garage: Space
) -> None:
    key = {"Idempotency-Key": "unguessable"}
    ids = {client.post("/api/v1/quotes", json=stay(garage), headers=key).json()["id"] for _ in "ab"}
    assert len(ids) == 1
    assert len(session.exec(select(Quote)).all()) == 1
    longer = stay(garage, ends_at="2026-11-21T17:00:00-05:00")
    answer = client.post("/api/v1/quotes", json=longer, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
