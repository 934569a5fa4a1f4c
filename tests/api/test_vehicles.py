"""Vehicles through the API: each person's own, and a plate that is typed once."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from parkplace.accounts.models import Vehicle
from parkplace.bookings.models import Booking
from tests import factories as make
from tests.api.conftest import As

VEHICLES = "/api/v1/vehicles"
BOOKINGS = "/api/v1/bookings"
RED: dict[str, Any] = {"plate": "klm 4821", "region": "ny", "nickname": "The red one"}


@pytest.fixture
def dana(session: Session, as_: As) -> dict[str, str]:
    return as_(make.dana(session))


@pytest.fixture
def sam(session: Session, as_: As) -> dict[str, str]:
    return as_(make.sam(session))


def added(client: TestClient, headers: dict[str, str], **change: Any) -> dict[str, Any]:
    answer = client.post(VEHICLES, json=RED | change, headers=headers)
    assert answer.status_code == 201
    return answer.json()


def test_dana_writes_her_vehicles_down_and_sees_them(
    client: TestClient, dana: dict[str, str]
) -> None:
    red = added(client, dana, kind="van", height_cm=198)
    blue = added(client, dana, plate="XYZ 1", region="", is_default=True)
    assert set(red) == {
        "id", "plate", "region", "nickname", "kind", "height_cm", "length_cm", "width_cm",
        "is_default", "created_at", "updated_at",
    }  # fmt: skip
    assert (red["plate"], red["region"], red["kind"], red["is_default"]) == (
        "KLM4821", "NY", "van", True,
    )  # fmt: skip
    listed = client.get(VEHICLES, headers=dana).json()
    assert [one["id"] for one in listed["items"]] == [blue["id"], red["id"]]
    assert [one["is_default"] for one in listed["items"]] == [True, False]
    assert listed["next_cursor"] is None


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"plate": ""}, "plate_needed", "plate"),
        ({"plate": "K/1"}, "bad_plate", "plate"),
        ({"region": "NYCC"}, "bad_plate", "region"),
        ({"nickname": "n" * 41}, "text_too_long", "nickname"),
        ({"kind": "boat"}, "invalid", "kind"),
        ({"height_cm": 10}, "invalid", "height_cm"),
        ({"height_cm": "198"}, "invalid", "height_cm"),
        ({"user_id": "x"}, "invalid", "user_id"),
    ],
)
def test_what_is_no_vehicle_is_refused_with_its_field(
    client: TestClient, dana: dict[str, str], change: dict[str, Any], code: str, path: str
) -> None:
    answer = client.post(VEHICLES, json=RED | change, headers=dana)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path


def test_a_repeat_adds_nothing(
    client: TestClient, session: Session, dana: dict[str, str], sam: dict[str, str]
) -> None:
    key = {"Idempotency-Key": "one"}
    first = client.post(VEHICLES, json=RED, headers=dana | key)
    again = client.post(VEHICLES, json=RED, headers=dana | key)
    assert first.json() == again.json()
    assert first.headers["etag"] == again.headers["etag"]
    other = client.post(VEHICLES, json=RED | {"plate": "A 1"}, headers=dana | key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert client.post(VEHICLES, json=RED, headers=sam | key).json()["id"] != first.json()["id"]
    twice = client.post(VEHICLES, json=RED, headers=dana)
    assert (twice.status_code, twice.json()["code"]) == (409, "vehicle_known")
    assert len(session.exec(select(Vehicle)).all()) == 2


def test_a_change_is_made_from_what_was_read(client: TestClient, dana: dict[str, str]) -> None:
    red = added(client, dana, height_cm=198)
    path = f"{VEHICLES}/{red['id']}"
    read = client.get(path, headers=dana)
    seen = {"If-Match": read.headers["etag"]}
    changed = client.patch(path, json={"nickname": "Rosie"}, headers=dana | seen)
    assert changed.status_code == 200
    assert changed.json() == red | {"nickname": "Rosie", "updated_at": changed.json()["updated_at"]}
    assert changed.headers["etag"] == client.get(path, headers=dana).headers["etag"]
    late = client.patch(path, json={"nickname": "Ruby"}, headers=dana | seen)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    forgotten = client.patch(path, json={"height_cm": None}, headers=dana)
    assert (forgotten.json()["height_cm"], forgotten.json()["nickname"]) == (None, "Rosie")
    assert client.patch(path, json={"plate": None}, headers=dana).status_code == 422
    assert client.patch(path, json={"is_default": False}, headers=dana).status_code == 422


def test_after_the_default_another_is_the_default(client: TestClient, dana: dict[str, str]) -> None:
    red, blue = added(client, dana), added(client, dana, plate="XYZ 1")
    assert client.delete(f"{VEHICLES}/{red['id']}", headers=dana).status_code == 204
    assert client.delete(f"{VEHICLES}/{red['id']}", headers=dana).status_code == 404
    [left] = client.get(VEHICLES, headers=dana).json()["items"]
    assert (left["id"], left["is_default"]) == (blue["id"], True)


def test_sam_does_not_reach_danas_vehicle_and_nobody_reaches_any(
    client: TestClient, session: Session, as_: As, dana: dict[str, str], sam: dict[str, str]
) -> None:
    path = f"{VEHICLES}/{added(client, dana)['id']}"
    for who in (sam, as_(make.ada(session))):
        for method in ("GET", "DELETE"):
            answer = client.request(method, path, headers=who)
            assert (answer.status_code, answer.json()["code"]) == (404, "vehicle_not_found")
        assert client.patch(path, json={"plate": "MINE"}, headers=who).status_code == 404
        assert client.get(VEHICLES, headers=who).json()["items"] == []
    assert client.get(path).status_code == client.get(VEHICLES).status_code == 401
    assert client.post(VEHICLES, json=RED).status_code == 401
    assert client.get(path, headers=dana).json()["plate"] == "KLM4821"


def test_a_booking_takes_the_plate_of_a_vehicle(
    client: TestClient, session: Session, dana: dict[str, str], sam: dict[str, str]
) -> None:
    garage = make.space(session, make.owen(session), capacity=5)
    session.commit()
    red = added(client, dana)
    stay = {
        "space_id": str(garage.id),
        "starts_at": "2026-11-21T18:00:00Z",
        "ends_at": "2026-11-21T20:00:00Z",
    }
    wanted = stay | {"vehicle_id": red["id"]}
    held = client.post(BOOKINGS, json=wanted, headers=dana)
    assert held.status_code == 201
    booking = session.exec(select(Booking)).one()
    assert (booking.plate, booking.plate_region) == ("KLM4821", "NY")
    for body, who, status, code in (
        (wanted, sam, 404, "vehicle_not_found"),
        (wanted | {"email": "guest@example.com"}, {}, 404, "vehicle_not_found"),
        (wanted | {"plate": "XYZ 1"}, dana, 422, "vehicle_twice"),
    ):
        answer = client.post(BOOKINGS, json=body, headers=who)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(session.exec(select(Booking)).all()) == 1
