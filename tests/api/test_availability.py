"""When a space is to be had: what its host says, its calendar, and what is booked there."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.core.ids import new_id
from parkplace.spaces.models import Space
from tests import factories as make
from tests.api.conftest import As
from tests.factories import period

Headers = dict[str, str]
WEEKLY = [{"day": 5, "opens": "09:00", "closes": "19:00"}]
CHRISTMAS = {"first_day": "2026-12-25", "last_day": "2026-12-26", "hours": []}
EVE = {
    "first_day": "2026-12-24",
    "last_day": "2026-12-24",
    "hours": [{"opens": "08:00", "closes": "12:00"}],
}
BLOCK = {
    "starts_at": "2026-11-21T18:00:00-05:00",
    "ends_at": "2026-11-21T20:00:00-05:00",
    "bays": [2],
    "note": "Painting",
}
BLOCK_OUT = BLOCK | {"starts_at": "2026-11-21T23:00:00Z", "ends_at": "2026-11-22T01:00:00Z"}
NOTHING: dict[str, Any] = {"weekly": None, "exceptions": [], "blocks": []}


def said(**change: object) -> dict[str, Any]:
    return NOTHING | change


@pytest.fixture
def host(session: Session) -> User:
    return make.owen(session)


@pytest.fixture
def lot(session: Session, host: User) -> Space:
    return make.space(session, host, capacity=2)


@pytest.fixture
def owen(session: Session, host: User, lot: Space, as_: As) -> Headers:
    assert session
    assert lot
    return as_(host)


@pytest.fixture
def path(lot: Space) -> str:
    return f"/api/v1/spaces/{lot.id}"


class TestAvailability:
    def test_what_is_put_comes_back(self, client: TestClient, owen: Headers, path: str) -> None:
        path += "/availability"
        assert client.get(path, headers=owen).json() == NOTHING
        body = said(weekly=WEEKLY, exceptions=[CHRISTMAS, EVE], blocks=[BLOCK])
        answer = client.put(path, json=body, headers=owen)
        assert answer.status_code == 200, answer.text
        shown = said(weekly=WEEKLY, exceptions=[EVE, CHRISTMAS], blocks=[BLOCK_OUT])
        assert answer.json() == shown == client.get(path, headers=owen).json()
        assert client.put(path, json=shown, headers=owen).json() == shown
        assert client.put(path, json=NOTHING, headers=owen).json() == NOTHING

    def test_everybody_knows_the_hours_and_the_host_alone_the_blocks(
        self, client: TestClient, owen: Headers, path: str
    ) -> None:
        body = said(exceptions=[CHRISTMAS], blocks=[BLOCK])
        client.put(f"{path}/availability", json=body, headers=owen)
        seen = client.get(f"{path}/availability")
        assert seen.json() == said(exceptions=[CHRISTMAS])
        assert client.get(path).json()["exceptions"] == [CHRISTMAS]

    def test_two_editors_do_not_overwrite_each_other(
        self, client: TestClient, owen: Headers, path: str
    ) -> None:
        path += "/availability"
        read = client.get(path, headers=owen)
        assert read.headers["cache-control"] == "private, no-store"
        seen = owen | {"If-Match": read.headers["etag"]}
        first = client.put(path, json=said(weekly=WEEKLY), headers=seen)
        assert first.status_code == 200
        late = client.put(path, json=said(blocks=[BLOCK]), headers=seen)
        assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
        again = owen | {"If-Match": first.headers["etag"]}
        assert client.put(path, json=said(blocks=[BLOCK]), headers=again).status_code == 200

    def test_a_block_is_typed_in_wall_time_too(
        self, client: TestClient, owen: Headers, path: str
    ) -> None:
        walls = {"starts_at_local": "2026-11-21T18:00", "ends_at_local": "2026-11-21T20:00"}
        answer = client.put(f"{path}/availability", json=said(blocks=[walls]), headers=owen)
        assert answer.json()["blocks"] == [BLOCK_OUT | {"bays": None, "note": ""}]
        skipped = walls | {"ends_at_local": "2027-03-14T02:30"}
        refused = client.put(
            f"{path}/availability", json=said(blocks=[walls, skipped]), headers=owen
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "time_skipped")
        assert refused.json()["errors"][0]["path"] == "blocks.1.ends_at_local"

    def test_a_block_over_a_booking_names_it(
        self, client: TestClient, session: Session, lot: Space, owen: Headers, path: str
    ) -> None:
        booking = make.confirmed(session, lot, make.dana(session), period(7, 1))
        session.commit()
        answer = client.put(
            f"{path}/availability", json=said(blocks=[BLOCK | {"bays": None}]), headers=owen
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "block_meets_bookings")
        assert answer.json()["details"] == {"bookings": booking.reference, "count": "1"}
        assert client.get(f"{path}/availability", headers=owen).json() == NOTHING

    def test_what_is_blocked_cannot_be_booked(
        self, client: TestClient, lot: Space, owen: Headers, path: str
    ) -> None:
        wanted = {
            "space_id": str(lot.id),
            "email": "guest@example.com",
            "starts_at": BLOCK["starts_at"],
            "ends_at": BLOCK["ends_at"],
        }
        client.put(f"{path}/availability", json=said(blocks=[BLOCK | {"bays": None}]), headers=owen)
        answer = client.post("/api/v1/bookings", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, "space_taken")
        client.put(f"{path}/availability", json=NOTHING, headers=owen)
        assert client.post("/api/v1/bookings", json=wanted).status_code == 201

    @pytest.mark.parametrize(
        ("wrong", "code", "field"),
        [
            ({}, "invalid", "weekly"),
            ({"weekly": None}, "invalid", "exceptions"),
            (said(weekly=[]), "hours_invalid", "weekly"),
            (said(weekly=[WEEKLY[0] | {"day": 7}]), "hours_unknown_day", "weekly"),
            (said(exceptions=[CHRISTMAS, CHRISTMAS]), "exceptions_overlap", "exceptions"),
            (said(exceptions=[CHRISTMAS | {"first_day": "x"}]), "exceptions_invalid", "exceptions"),
            (said(exceptions=[{"first_day": "2026-12-25"}]), "invalid", "exceptions.0.last_day"),
            (said(blocks=[BLOCK, BLOCK]), "blocks_overlap", "blocks.1"),
            (said(blocks=[BLOCK | {"bays": [3]}]), "bad_block", "blocks.0.bays"),
            (said(blocks=[BLOCK | {"bays": []}]), "bad_block", "blocks.0.bays"),
            (said(blocks=[BLOCK | {"bays": ["1"]}]), "invalid", "blocks.0.bays.0"),
            (
                said(blocks=[BLOCK | {"ends_at": BLOCK["starts_at"]}]),
                "period_empty",
                "blocks.0.ends_at",
            ),
            (said(blocks=[{"note": "When?"}]), "period_needed", "blocks.0.starts_at"),
            (said(blocks=[BLOCK | {"note": "x" * 201}]), "text_too_long", "blocks.0.note"),
            (said(nonsense=1), "invalid", "nonsense"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self,
        *,
        client: TestClient,
        owen: Headers,
        path: str,
        wrong: dict[str, Any],
        code: str,
        field: str,
    ) -> None:
        answer = client.put(f"{path}/availability", json=wrong, headers=owen)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert field in [found["path"] for found in answer.json()["errors"]]
        assert client.get(f"{path}/availability", headers=owen).json() == NOTHING

    def test_who_may(
        self, client: TestClient, session: Session, owen: Headers, path: str, as_: As
    ) -> None:
        sam, ada = as_(make.sam(session)), as_(make.ada(session))

        def status(who: Headers) -> int:
            return client.put(f"{path}/availability", json=NOTHING, headers=who).status_code

        assert [status(who) for who in (sam, {}, owen, ada)] == [403, 401, 200, 200]
        nowhere = f"/api/v1/spaces/{new_id()}/availability"
        assert client.put(nowhere, json=NOTHING, headers=owen).status_code == 404
        assert client.get(nowhere).status_code == 404


class TestCalendar:
    def test_a_day_is_told_in_the_clock_of_the_place(
        self, client: TestClient, session: Session, lot: Space, owen: Headers, path: str
    ) -> None:
        body = said(weekly=WEEKLY, blocks=[BLOCK])
        client.put(f"{path}/availability", json=body, headers=owen)
        booking = make.confirmed(session, lot, make.dana(session), period(1, 2))
        session.commit()
        asked = {"from": "2026-11-21", "to": "2026-11-21"}
        shown = client.get(f"{path}/calendar", params=asked, headers=owen).json()
        assert shown["days"] == [
            {
                "date": "2026-11-21",
                "open": [span("09:00", "19:00")],
                "bays": [
                    span("12:00", "13:00") | {"free": 2, "taken": 0},
                    span("13:00", "15:00") | {"free": 1, "taken": 1},
                    span("15:00", "18:00") | {"free": 2, "taken": 0},
                    span("18:00", "19:00") | {"free": 1, "taken": 1},
                ],
            }
        ]
        assert shown["blocks"] == [span("18:00", "20:00") | {"bays": [2], "note": "Painting"}]
        assert shown["bookings"] == [
            span("13:00", "15:00")
            | {
                "id": str(booking.id),
                "reference": booking.reference,
                "status": "confirmed",
                "bay": 1,
            }
        ]
        everybody = client.get(f"{path}/calendar", params=asked).json()
        assert everybody == shown | {"blocks": None, "bookings": None}
        assert (shown["timezone"], shown["capacity"]) == ("America/New_York", 2)

    def test_up_to_92_days_are_shown(self, client: TestClient, owen: Headers, path: str) -> None:
        assert owen
        asked = {"from": "2026-11-21", "to": "2027-02-20"}
        assert len(client.get(f"{path}/calendar", params=asked).json()["days"]) == 92
        assert len(client.get(f"{path}/calendar").json()["days"]) == 31

    @pytest.mark.parametrize(
        "wrong",
        [
            {"from": "2026-11-21", "to": "2027-02-21"},
            {"from": "2026-11-21", "to": "2026-11-20"},
            {"from": "9999-12-31"},
            {"to": "0001-01-01"},
            {"from": "tomorrow"},
            {"from": ["2026-11-21", "2026-11-22"], "nonsense": 1},
        ],
    )
    def test_days_that_are_none_are_refused(
        self, client: TestClient, owen: Headers, path: str, wrong: dict[str, Any]
    ) -> None:
        assert owen
        answer = client.get(f"{path}/calendar", params=wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"]

    def test_what_is_not_listed_is_its_hosts_alone(
        self, client: TestClient, session: Session, owen: Headers, path: str, as_: As
    ) -> None:
        client.post(f"{path}/pause", headers=owen)
        sam = as_(make.sam(session))
        statuses = [
            client.get(f"{path}/calendar", headers=who).status_code for who in (owen, sam, {})
        ]
        assert statuses == [200, 404, 404]


class TestBookings:
    @pytest.fixture
    def stays(self, session: Session, lot: Space) -> list[str]:
        driver = make.dana(session)
        made = [make.confirmed(session, lot, driver, period(n, 1)) for n in (0, 30, 60)]
        session.commit()
        return [str(booking.id) for booking in made]

    def ids(self, client: TestClient, who: Headers, path: str, **asked: Any) -> list[str]:
        answer = client.get(f"{path}/bookings", params=asked, headers=who)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    def test_what_begins_last_comes_first(
        self, client: TestClient, owen: Headers, path: str, stays: list[str]
    ) -> None:
        assert self.ids(client, owen, path) == stays[::-1]
        page = client.get(f"{path}/bookings", params={"limit": 2}, headers=owen).json()
        assert [item["id"] for item in page["items"]] == [stays[2], stays[1]]
        assert self.ids(client, owen, path, cursor=page["next_cursor"]) == [stays[0]]
        assert page["items"][0]["role"] == "host"

    def test_states_and_a_period_narrow_it_down(
        self, client: TestClient, owen: Headers, path: str, stays: list[str]
    ) -> None:
        assert self.ids(client, owen, path, status="active") == [stays[0]]
        assert self.ids(client, owen, path, status="active,confirmed") == stays[::-1]
        assert self.ids(client, owen, path, status=["cancelled", "declined"]) == []
        days = {"starts_at_local": "2026-11-22T00:00", "ends_at_local": "2026-11-23T00:00"}
        assert self.ids(client, owen, path, **days) == [stays[1]]
        for wrong in ({"status": "lost"}, {"starts_at": "2026-11-22T00:00:00Z"}, {"cursor": "x"}):
            answer = client.get(f"{path}/bookings", params=wrong, headers=owen)
            assert answer.status_code == 422

    def test_who_may_see_them(
        self, client: TestClient, session: Session, owen: Headers, path: str, as_: As
    ) -> None:
        sam, ada = as_(make.sam(session)), as_(make.ada(session))
        statuses = [
            client.get(f"{path}/bookings", headers=who).status_code for who in (owen, ada, sam, {})
        ]
        assert statuses == [200, 200, 403, 401]


def span(begins: str, ends: str) -> dict[str, Any]:
    return {
        "starts_at": f"2026-11-21T{begins}:00-05:00",
        "ends_at": f"2026-11-21T{ends}:00-05:00",
    }
