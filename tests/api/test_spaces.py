"""Listing spaces and finding them."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.core.geo import Point, distance_m
from parkplace.core.ids import new_id
from parkplace.spaces.models import Space, SpaceStatus
from tests import factories as make
from tests.api.conftest import As, at
from tests.factories import NOW, period

SPACES = "/api/v1/spaces"
EAST_VILLAGE = {"lat": 40.7290, "lng": -73.9888}
STAY = {"starts_at": "2026-11-21T13:00:00-05:00", "ends_at": "2026-11-21T16:00:00-05:00"}
CARD = {"hour_minor": 400, "day_cap_minor": 2700, "currency": "USD"}


def listing(**change: object) -> dict[str, Any]:
    return {
        "title": "St Marks Place garage",
        "description": "Behind the green door.",
        "address": "12 St Marks Place, New York",
        "lat": 40.7290,
        "lng": -73.9888,
        "kind": "garage",
        "capacity": 2,
        "rate_card": CARD,
        "instant": True,
        "tags": ["covered"],
    } | change


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def owen(session: Session, as_: As) -> dict[str, str]:
    return as_(make.owen(session))


def listed(client: TestClient, who: dict[str, str], **change: object) -> str:
    answer = client.post(SPACES, json=listing(**change), headers=who)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


class TestListing:
    def test_a_space_is_published_at_once(self, client: TestClient, owen: dict[str, str]) -> None:
        said = client.post(SPACES, json=listing(), headers=owen).json()
        assert UUID(said["id"]).version == 7
        assert (said["status"], said["timezone"]) == ("published", "America/New_York")
        assert said["rate_card"] == CARD
        assert said["neighbourhood"]
        assert said["weekly"] is None
        assert client.get(f"{SPACES}/{said['id']}").json()["title"] == "St Marks Place garage"

    def test_whoever_lists_one_is_a_host(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        dana = make.dana(session)
        client.post(SPACES, json=listing(), headers=as_(dana))
        assert client.get("/api/v1/auth/me", headers=as_(dana)).json()["is_host"] is True

    def test_a_draft_is_for_its_host_alone(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        path = f"{SPACES}/{listed(client, owen, draft=True)}"
        sam = as_(make.sam(session))
        statuses = [client.get(path, headers=who).status_code for who in (owen, sam, {})]
        assert statuses == [200, 404, 404]
        assert client.post(f"{path}/publish", headers=sam).status_code == 404
        assert client.post(f"{path}/publish", headers=owen).json()["status"] == "published"
        assert client.get(path).status_code == 200
        assert client.post(f"{path}/pause", headers=sam).status_code == 403
        assert client.post(f"{path}/pause", headers=owen).json()["status"] == "paused"
        assert client.get(path).status_code == 404

    def test_opening_hours_come_back_as_they_were_given(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        weekly = [{"day": 5, "opens": "10:00", "closes": "14:00"}]
        path = f"{SPACES}/{listed(client, owen, weekly=weekly)}"
        assert client.get(path).json()["weekly"] == weekly
        stay = client.get(path, params=STAY).json()["stay"]
        assert stay["refusal"]["code"] == "space_closed"
        always = client.patch(path, json={"weekly": None}, headers=owen).json()
        assert always["weekly"] is None

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"lat": 91}, "outside_earth", "lat"),
            ({"lng": -181}, "outside_earth", "lng"),
            ({"lat": "north"}, "invalid", "lat"),
            ({"lat": float("nan")}, "invalid", "lat"),
            ({"lat": float("inf")}, "invalid", "lat"),
            ({"capacity": 0}, "bad_capacity", "capacity"),
            ({"capacity": 10_001}, "bad_capacity", "capacity"),
            ({"capacity": 10**30}, "invalid", "capacity"),
            ({"capacity": 1.5}, "invalid", "capacity"),
            ({"capacity": True}, "invalid", "capacity"),
            ({"rate_card": CARD | {"hour_minor": -1}}, "bad_price", "rate_card.hour_minor"),
            ({"rate_card": CARD | {"hour_minor": 10**10}}, "bad_price", "rate_card.hour_minor"),
            ({"rate_card": CARD | {"hour_minor": 4.5}}, "invalid", "rate_card.hour_minor"),
            ({"rate_card": CARD | {"hour_minor": "4"}}, "invalid", "rate_card.hour_minor"),
            ({"rate_card": CARD | {"day_cap_minor": 1}}, "bad_price", "rate_card.day_cap_minor"),
            ({"rate_card": CARD | {"currency": "XXX"}}, "unknown_currency", "rate_card.currency"),
            ({"rate_card": CARD | {"week_cap_minor": 9}}, "invalid", "rate_card.week_cap_minor"),
            ({"rate_card": CARD | {"month_minor": 9}}, "invalid", "rate_card.month_minor"),
            ({"rate_card": None}, "invalid", "rate_card"),
            ({"kind": "moon"}, "invalid", "kind"),
            ({"tags": ["haunted"]}, "unknown_tag", "tags"),
            ({"tags": ["a\u0000"]}, "invalid", "tags"),
            ({"title": ""}, "text_needed", "title"),
            ({"title": "x" * 81}, "text_too_long", "title"),
            ({"title": "a\u0000b"}, "invalid", "title"),
            ({"title": "a\u0007b"}, "bad_text", "title"),
            ({"timezone": "Mars/Olympus"}, "invalid", "timezone"),
            ({"weekly": [{"day": 7, "opens": "1", "closes": "2"}]}, "hours_unknown_day", None),
            ({"weekly": [{"day": 1, "opens": "1", "closes": "2"}]}, "hours_invalid", None),
            ({"weekly": []}, "hours_invalid", "weekly"),
            ({"host_id": str(new_id())}, "invalid", "host_id"),
        ],
    )
    def test_what_is_no_space_is_refused(
        self,
        *,
        client: TestClient,
        session: Session,
        owen: dict[str, str],
        change: dict[str, object],
        code: str,
        path: str | None,
    ) -> None:
        answer = client.post(
            SPACES,
            content=json.dumps(listing(**change)),
            headers=owen | {"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        if path is not None:
            assert path in [found["path"] for found in answer.json()["errors"]]
        assert not session.exec(select(Space)).all()

    def test_nobody_lists_nothing(self, client: TestClient) -> None:
        assert client.post(SPACES, json=listing()).status_code == 401

    def test_html_stays_text(self, client: TestClient, owen: dict[str, str]) -> None:
        evil = '<img src=x onerror="alert(1)">'
        path = f"{SPACES}/{listed(client, owen, title=evil, description=evil)}"
        said = client.get(path)
        assert (said.json()["title"], said.json()["description"]) == (evil, evil)
        assert said.headers["content-type"] == "application/json"

    def test_how_to_get_in_is_for_those_who_booked(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        path = f"{SPACES}/{listed(client, owen, instructions='Code 4711')}"
        sam = as_(make.sam(session))
        said = [client.get(path, headers=who).json()["instructions"] for who in (owen, sam, {})]
        assert said == ["Code 4711", "", ""]


class TestChanging:
    def test_what_is_left_out_stays(self, client: TestClient, owen: dict[str, str]) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        before = client.get(path, headers=owen).json()
        after = client.patch(path, json={"title": "Another name"}, headers=owen).json()
        assert after == before | {"title": "Another name"}
        tokyo: dict[str, Any] = {
            "lat": 35.68,
            "lng": 139.76,
            "rate_card": {"hour_minor": 500, "currency": "JPY"},
        }
        after = client.patch(path, json=tokyo, headers=owen).json()
        assert after["timezone"] == "Asia/Tokyo"
        assert after["rate_card"] == tokyo["rate_card"] | {"day_cap_minor": None}

    def test_who_may(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        sam, ada = as_(make.sam(session)), as_(make.ada(session))
        new = {"title": "Another name"}
        statuses = [
            client.patch(path, json=new, headers=who).status_code for who in (owen, sam, {}, ada)
        ]
        assert statuses == [200, 403, 401, 200]
        unknown = f"{SPACES}/{new_id()}"
        assert client.patch(unknown, json=new, headers=owen).status_code == 404

    def test_a_wrong_change_changes_nothing(self, client: TestClient, owen: dict[str, str]) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        before = client.get(path, headers=owen).json()
        for wrong in ({"title": "New", "capacity": 0}, {"lat": 91}, {"status": "draft"}):
            assert client.patch(path, json=wrong, headers=owen).status_code == 422
        assert client.get(path, headers=owen).json() == before


class TestPhotos:
    def send(self, client: TestClient, who: dict[str, str], space_id: str, content: bytes) -> Any:
        sent = {"photo": ("photo.jpg", content, "image/jpeg")}
        return client.post(
            f"{SPACES}/{space_id}/photos", files=sent, data={"caption": "Door"}, headers=who
        )

    def test_a_picture_is_made_small_and_served_for_good(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        space_id = listed(client, owen)
        answer = self.send(client, owen, space_id, picture())
        assert answer.status_code == 201
        said = answer.json()
        assert (said["width"], said["height"], said["caption"]) == (40, 30, "Door")
        shown = client.get(f"{SPACES}/{space_id}").json()["photos"]
        assert shown == [said]
        for url in said["urls"].values():
            file = client.get(url)
            assert file.headers["content-type"] == "image/webp"
            assert "immutable" in file.headers["cache-control"]
            assert Image.open(io.BytesIO(file.content)).size == (40, 30)
        found = client.get(SPACES, params=EAST_VILLAGE | STAY).json()["items"]
        assert found[0]["photo_urls"] == said["urls"]

    @pytest.mark.parametrize(
        "content", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n", b"GIF89a"]
    )
    def test_what_is_no_picture_is_refused(
        self, client: TestClient, owen: dict[str, str], content: bytes
    ) -> None:
        space_id = listed(client, owen)
        answer = self.send(client, owen, space_id, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_a_picture")
        assert client.get(f"{SPACES}/{space_id}").json()["photos"] == []

    def test_fifty_megabytes_are_too_many(self, client: TestClient, owen: dict[str, str]) -> None:
        space_id = listed(client, owen)
        answer = self.send(client, owen, space_id, b"\xff\xd8" + bytes(50_000_000))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_only_the_host_adds_them(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        space_id = listed(client, owen)
        sam = as_(make.sam(session))
        statuses = [
            self.send(client, who, space_id, picture()).status_code for who in (sam, {}, owen)
        ]
        assert statuses == [403, 401, 201]

    @pytest.mark.parametrize(
        "name", ["nothing.webp", "..%2f..%2fetc%2fpasswd", ".webp", "a.png", "%00.webp"]
    )
    def test_files_are_only_pictures(self, client: TestClient, name: str) -> None:
        assert client.get(f"/photos/{name}").status_code in {404, 422}


class TestFinding:
    def found(self, client: TestClient, **asked: Any) -> list[dict[str, Any]]:
        answer = client.get(SPACES, params=EAST_VILLAGE | STAY | asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    @pytest.fixture
    def host(self, session: Session) -> User:
        return make.owen(session)

    def test_distance_and_total_are_of_the_point_and_the_stay(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        make.space(session, host, lat=40.7300)
        session.commit()
        (item,) = self.found(client)
        metres = distance_m(Point(40.7290, -73.9888), Point(40.7300, -73.9888))
        assert item["distance_m"] == pytest.approx(metres, rel=0.01)
        assert item["total"] == {"amount_minor": 1200, "currency": "USD"}
        assert item["free"] == 1

    @pytest.mark.parametrize(
        ("radius", "unit", "count"),
        [
            (900, "m", 0),
            (1200, "m", 1),
            (0.9, "km", 0),
            (1.2, "km", 1),
            (0.6, "mi", 0),
            (0.8, "mi", 1),
        ],
    )
    def test_the_radius_has_a_unit(
        self,
        *,
        client: TestClient,
        session: Session,
        host: User,
        radius: float,
        unit: str,
        count: int,
    ) -> None:
        make.space(session, host, lat=40.7390)  # 1,110 m north
        session.commit()
        assert len(self.found(client, radius=radius, unit=unit)) == count

    def test_what_is_taken_is_not_found(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        garage = make.space(session, host)
        make.confirmed(session, garage, make.dana(session), period(2, 1))
        session.commit()
        assert self.found(client) == []
        later = {"starts_at": "2026-11-21T15:00:00-05:00"}
        assert len(self.found(client, **later)) == 1

    def test_filters_narrow_it_down(self, client: TestClient, session: Session, host: User) -> None:
        make.space(session, host, title="Cheap lot", kind="lot", hour_minor=100, tags=["ev", "lit"])
        make.space(session, host, title="Dear garage", hour_minor=900, day_cap_minor=None)
        session.commit()

        def titles(**asked: Any) -> list[str]:
            return [item["title"] for item in self.found(client, **asked)]

        assert titles(kind="lot") == ["Cheap lot"]
        assert set(titles(kind=["lot", "garage"])) == {"Cheap lot", "Dear garage"}
        assert set(titles(kind="lot,garage")) == {"Cheap lot", "Dear garage"}
        assert titles(tags="ev,lit") == ["Cheap lot"]
        assert titles(tags=["ev", "gated"]) == []
        assert titles(q="dear") == ["Dear garage"]
        assert titles(max_total=300, currency="usd") == ["Cheap lot"]
        assert titles(max_total=300, currency="EUR") == []
        assert titles(sort="price") == ["Cheap lot", "Dear garage"]

    @pytest.mark.parametrize("sort", ["distance", "price"])
    def test_they_come_in_pages(
        self, client: TestClient, session: Session, host: User, sort: str
    ) -> None:
        made = [
            str(make.space(session, host, lat=40.7290 + n / 10_000, hour_minor=400 - n).id)
            for n in range(5)
        ]
        session.commit()
        seen: list[str] = []
        asked: dict[str, Any] = {"limit": 2, "sort": sort}
        while True:
            page = client.get(SPACES, params=EAST_VILLAGE | STAY | asked).json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
        assert seen == (made if sort == "distance" else made[::-1])

    def test_wall_times_are_those_of_the_place(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        at(NOW - timedelta(days=330))
        make.space(session, host)
        session.commit()
        night = {"starts_at_local": "2026-10-31T22:00", "ends_at_local": "2026-11-01T08:00"}
        answer = client.get(SPACES, params=EAST_VILLAGE | night).json()
        assert answer["items"][0]["total"]["amount_minor"] == 2700
        skipped = night | {"starts_at_local": "2026-03-08T02:30"}
        refused = client.get(SPACES, params=EAST_VILLAGE | skipped)
        assert (refused.status_code, refused.json()["code"]) == (422, "time_skipped")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"lat": 91},
            {"lat": "nan"},
            {"lng": 1e9},
            {"radius": -1},
            {"radius": 10**9},
            {"radius": "nan"},
            {"unit": "ft"},
            {"kind": "moon"},
            {"sort": "luck"},
            {"limit": 0},
            {"limit": 101},
            {"cursor": "x"},
            {"cursor": "WzEsMl0="},
            {"starts_at": "2026-11-21T13:00:00"},
            {"starts_at": "2026-11-20T13:00:00Z"},
            {"ends_at": "2036-11-21T13:00:00Z"},
            {"ends_at": "2026-11-21T12:00:00-05:00"},
            {"max_total": 5},
            {"max_total": -5, "currency": "USD"},
            {"max_total": 5, "currency": "XXX"},
            {"nonsense": 1},
            {"lat": ["1", "2"]},
            {"starts_at": [STAY["starts_at"]] * 2},
            {"q": "x" * 201},
        ],
    )
    def test_a_search_that_makes_no_sense_is_refused(
        self, client: TestClient, wrong: dict[str, Any]
    ) -> None:
        answer = client.get(SPACES, params=EAST_VILLAGE | STAY | wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"]

    def test_an_offsets_plus_may_be_forgotten_to_be_quoted(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        make.space(session, host)
        session.commit()
        there = "lat=40.729&lng=-73.9888"
        then = "starts_at=2026-11-21T19:00:00+01:00&ends_at=2026-11-21T21:00:00Z"
        assert len(client.get(f"{SPACES}?{there}&{then}").json()["items"]) == 1


class TestPins:
    BOX = {"bbox": "-74.02,40.70,-73.96,40.76", "zoom": 17}  # noqa: RUF012

    def test_free_spaces_are_pins_with_the_price_of_the_stay(
        self, client: TestClient, session: Session
    ) -> None:
        garage = make.space(session, make.owen(session))
        session.commit()
        said = client.get(f"{SPACES}/pins", params=self.BOX | STAY).json()
        assert said == {
            "pins": [
                {
                    "id": str(garage.id),
                    "title": "St Marks Place garage",
                    "lat": 40.729,
                    "lng": -73.9888,
                    "total": {"amount_minor": 1200, "currency": "USD"},
                }
            ],
            "clusters": [],
            "total": 1,
            "approximate": False,
        }

    def test_far_out_they_are_grouped(self, client: TestClient, session: Session) -> None:
        owen = make.owen(session)
        for n in range(3):
            make.space(session, owen, lat=40.7290 + n / 10_000)
        session.commit()
        said = client.get(f"{SPACES}/pins", params=self.BOX | STAY | {"zoom": 10}).json()
        assert said["pins"] == []
        (cluster,) = said["clusters"]
        assert (cluster["count"], said["total"]) == (3, 3)
        west, south, east, north = cluster["bbox"]
        assert west <= cluster["lng"] <= east
        assert south <= cluster["lat"] <= north

    @pytest.mark.parametrize(
        "wrong",
        [
            {"bbox": "1,2,3"},
            {"bbox": "a,b,c,d"},
            {"bbox": "nan,nan,nan,nan"},
            {"bbox": "-74,91,-73,92"},
            {"bbox": "-74,41,-73,40"},
            {"bbox": "-74,40,-73,41,1"},
            {"zoom": 23},
            {"zoom": -1},
            {"zoom": "x"},
            {"starts_at": "2026-11-20T13:00:00Z"},
            {"nonsense": 1},
        ],
    )
    def test_a_map_that_makes_no_sense_is_refused(
        self, client: TestClient, wrong: dict[str, Any]
    ) -> None:
        answer = client.get(f"{SPACES}/pins", params=self.BOX | STAY | wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"]


def test_a_space_with_a_period_says_what_that_stay_costs(
    client: TestClient, session: Session
) -> None:
    garage = make.space(session, make.owen(session), capacity=2)
    make.confirmed(session, garage, make.dana(session), period(2, 1))
    session.commit()
    stay = client.get(f"{SPACES}/{garage.id}", params=STAY).json()["stay"]
    assert (stay["total"]["amount_minor"], stay["free"], stay["refusal"]) == (1200, 1, None)
    assert client.get(f"{SPACES}/{garage.id}").json()["stay"] is None
    half = client.get(f"{SPACES}/{garage.id}", params={"starts_at": STAY["starts_at"]})
    assert (half.status_code, half.json()["code"]) == (422, "period_needed")


def test_a_paused_space_is_nowhere(client: TestClient, session: Session) -> None:
    garage = make.space(session, make.owen(session), status=SpaceStatus.PAUSED)
    session.commit()
    assert client.get(SPACES, params=EAST_VILLAGE | STAY).json()["items"] == []
    assert client.get(f"{SPACES}/pins", params=TestPins.BOX | STAY).json()["total"] == 0
    assert client.get(f"{SPACES}/{garage.id}").status_code == 404


class TestPlaces:
    def test_what_is_known_here_is_found_without_a_network(
        self, client: TestClient, session: Session
    ) -> None:
        make.space(session, make.owen(session))
        session.commit()

        def kinds(q: str) -> list[str]:
            items = client.get("/api/v1/places", params={"q": q}).json()["items"]
            return [item["kind"] for item in items]

        assert kinds("40.73, -73.99") == ["coordinates"]
        assert kinds("10003") == ["zip"]
        assert kinds("st marks plase") == ["space"]
        assert kinds("nowhere at all") == []

    @pytest.mark.parametrize(
        "asked", [{}, {"q": "x" * 201}, {"q": "x", "limit": 99}, {"q": "x", "lat": 91, "lng": 0}]
    )
    def test_it_is_asked_for_rightly(self, client: TestClient, asked: dict[str, Any]) -> None:
        assert client.get("/api/v1/places", params=asked).status_code == 422


def test_the_map_has_streets(client: TestClient) -> None:
    answer = client.get("/map/streets", params={"bbox": "-74,40,-73,41", "zoom": 12})
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json() == {"type": "FeatureCollection", "features": []}
    assert client.get("/map/streets", params={"bbox": "-74,40", "zoom": 12}).status_code == 422
