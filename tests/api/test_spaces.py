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
from parkplace.api.schemas.search import SearchOut
from parkplace.core.geo import Point, distance_m
from parkplace.core.ids import new_id
from parkplace.spaces.models import Space, SpaceStatus
from tests import factories as make
from tests.api.conftest import As, at
from tests.factories import NOW, period

SPACES = "/api/v1/spaces"
EAST_VILLAGE: dict[str, Any] = {"lat": 40.7290, "lng": -73.9888}
STAY: dict[str, Any] = {
    "starts_at": "2026-11-21T13:00:00-05:00",
    "ends_at": "2026-11-21T16:00:00-05:00",
}
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
            ({"max_height_cm": 0}, "bad_limit", "max_height_cm"),
            ({"max_length_cm": -1}, "bad_limit", "max_length_cm"),
            ({"max_width_cm": 10_001}, "bad_limit", "max_width_cm"),
            ({"max_width_cm": 1.5}, "invalid", "max_width_cm"),
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

    def test_a_repeat_with_the_same_key_lists_nothing_more(
        self, client: TestClient, session: Session, owen: dict[str, str]
    ) -> None:
        keyed = owen | {"Idempotency-Key": "once-and-only-once"}
        first = client.post(SPACES, json=listing(), headers=keyed)
        again = client.post(SPACES, json=listing(), headers=keyed)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert len(session.exec(select(Space)).all()) == 1
        other = client.post(SPACES, json=listing(title="Another"), headers=keyed)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

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

    def test_what_vehicle_fits_is_said_and_taken_back(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        path = f"{SPACES}/{listed(client, owen, max_height_cm=210, max_width_cm=200)}"
        said = client.get(path).json()
        limits = [said[f"max_{size}_cm"] for size in ("height", "length", "width")]
        assert limits == [210, None, 200]
        change = {"max_height_cm": None, "max_length_cm": 480}
        said = client.patch(path, json=change, headers=owen).json()
        limits = [said[f"max_{size}_cm"] for size in ("height", "length", "width")]
        assert limits == [None, 480, 200]

    def test_two_editors_do_not_overwrite_each_other(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        first = client.get(path, headers=owen)
        seen = {"If-Match": first.headers["etag"]}
        assert first.headers["cache-control"] == "private, no-store"
        stay = client.get(path, params=STAY, headers=owen)
        assert stay.headers["etag"] == first.headers["etag"]  # the stay is nobody's edit
        changed = client.patch(path, json={"title": "By one"}, headers=owen | seen)
        assert changed.status_code == 200
        late = client.patch(path, json={"title": "By another"}, headers=owen | seen)
        assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
        again = owen | {"If-Match": changed.headers["etag"]}
        assert client.patch(path, json={"title": "By another"}, headers=again).status_code == 200
        assert client.patch(path, json={"title": "Anyhow"}, headers=owen).status_code == 200

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

    def test_a_repeat_with_the_same_key_adds_no_second(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        space_id = listed(client, owen)
        keyed = owen | {"Idempotency-Key": "once-and-only-once"}
        first = self.send(client, keyed, space_id, picture())
        again = self.send(client, keyed, space_id, picture())
        assert first.json() == again.json()
        assert len(client.get(f"{SPACES}/{space_id}").json()["photos"]) == 1

    def test_they_are_put_in_order_with_captions_and_removed(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        door, ramp = (
            self.send(client, owen, path.rpartition("/")[2], picture()).json()["id"]
            for _ in range(2)
        )
        turned = {"items": [{"id": ramp, "caption": "The ramp"}, {"id": door}]}
        read = client.get(path, headers=owen).headers["etag"]
        said = client.patch(f"{path}/photos", json=turned, headers=owen | {"If-Match": read})
        assert said.status_code == 200
        assert [(one["id"], one["caption"]) for one in said.json()["items"]] == [
            (ramp, "The ramp"),
            (door, "Door"),
        ]
        now = client.get(path, headers=owen)
        assert (now.headers["etag"], now.json()["photos"]) == (
            said.headers["etag"],
            said.json()["items"],
        )
        late = client.patch(f"{path}/photos", json=turned, headers=owen | {"If-Match": read})
        assert late.status_code == 412
        for wrong in ([], [{"id": door}], [{"id": door}] * 2, [{"id": str(new_id())}]):
            refused = client.patch(f"{path}/photos", json={"items": wrong}, headers=owen)
            assert (refused.status_code, refused.json()["code"]) == (404, "photo_not_found")
        assert client.delete(f"{path}/photos/{ramp}", headers=owen).status_code == 204
        assert client.delete(f"{path}/photos/{ramp}", headers=owen).status_code == 404
        assert [one["id"] for one in client.get(path).json()["photos"]] == [door]

    def test_only_the_host_orders_and_removes_them(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        photo = self.send(client, owen, path.rpartition("/")[2], picture()).json()["id"]
        sam, ada = as_(make.sam(session)), as_(make.ada(session))
        body = {"items": [{"id": photo}]}

        def arranged(who: dict[str, str]) -> int:
            return client.patch(f"{path}/photos", json=body, headers=who).status_code

        def removed(who: dict[str, str]) -> int:
            return client.delete(f"{path}/photos/{photo}", headers=who).status_code

        assert [arranged(who) for who in (sam, {}, owen, ada)] == [403, 401, 200, 200]
        assert [removed(who) for who in (sam, {}, ada)] == [403, 401, 204]

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


class TestListingWithoutAPlace:
    @pytest.fixture
    def host(self, session: Session) -> User:
        return make.owen(session)

    def found(self, client: TestClient, who: Any = None, **asked: Any) -> Any:
        answer = client.get(SPACES, params=asked, headers=who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def titles(self, client: TestClient, **asked: Any) -> list[str]:
        return [item["title"] for item in self.found(client, **asked)["items"]]

    def test_the_newest_comes_first_in_one_shape_with_what_a_search_finds(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        make.space(session, host, title="Old")
        make.space(session, host, title="New", max_height_cm=200)
        session.commit()
        page = self.found(client)
        assert [item["title"] for item in page["items"]] == ["New", "Old"]
        assert (page["radius_m"], page["next_cursor"]) == (None, None)
        (item, _) = page["items"]
        assert (item["total"], item["free"], item["distance_m"]) == (None, None, None)
        for asked in (EAST_VILLAGE, EAST_VILLAGE | STAY, STAY):
            (other, *_) = self.found(client, **asked)["items"]
            assert set(other) == set(item)
        for given in self.found(client, **EAST_VILLAGE, **STAY)["items"], page["items"]:
            SearchOut.model_validate({"items": given, "radius_m": None, "next_cursor": None})

    def test_every_filter_has_a_name_here(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        make.space(session, host, title="Low lot", kind="lot", hour_minor=100, max_height_cm=190)
        make.space(session, host, title="High hall", tags=["ev"], lat=41.0)
        session.commit()
        assert self.titles(client, q="low") == ["Low lot"]
        assert self.titles(client, kind="lot") == ["Low lot"]
        assert self.titles(client, tags="ev") == ["High hall"]
        assert self.titles(client, height_cm=191) == ["High hall"]
        assert self.titles(client, length_cm=9000, width_cm=9000) == ["High hall", "Low lot"]
        assert self.titles(client, bbox="-74.02,40.70,-73.96,40.76") == ["Low lot"]
        assert self.titles(client, max_hour=100, currency="USD") == ["Low lot"]
        assert self.titles(client, host=str(host.id)) == ["High hall", "Low lot"]
        assert self.titles(client, host=str(new_id())) == []
        assert self.titles(client, sort="newest", limit=1) == ["High hall"]
        assert self.titles(client, **STAY, max_total=300, currency="USD") == ["Low lot"]
        assert self.titles(client, **STAY, min_total=301, currency="USD") == ["High hall"]
        near = EAST_VILLAGE | STAY | {"radius": 90, "unit": "km"}
        assert self.titles(client, **near, height_cm=191) == ["High hall"]
        assert self.titles(client, **near, bbox="-74.02,40.70,-73.96,40.76") == ["Low lot"]
        assert self.titles(client, **near, host=str(new_id())) == []
        map_of = {"bbox": "-74.2,40.6,-73.8,41.2", "zoom": 17} | STAY
        assert client.get(f"{SPACES}/pins", params=map_of | {"height_cm": 191}).json()["total"] == 1

    def test_a_point_without_a_stay_lists_what_is_near_free_or_not(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        garage = make.space(session, host)
        make.space(session, host, title="Further", lat=40.7300)
        make.confirmed(session, garage, None, period(1, 3))
        session.commit()
        page = self.found(client, **EAST_VILLAGE, radius=0.5, unit="mi", limit=1)
        assert page["radius_m"] == pytest.approx(804.672)
        assert [item["title"] for item in page["items"]] == ["St Marks Place garage"]
        page = self.found(client, **EAST_VILLAGE, cursor=page["next_cursor"])
        assert [item["title"] for item in page["items"]] == ["Further"]
        assert page["items"][0]["distance_m"] == pytest.approx(111, abs=1)

    def test_wall_times_need_to_be_somewhere(
        self, client: TestClient, session: Session, host: User
    ) -> None:
        make.space(session, host)
        session.commit()
        walls = {"starts_at_local": "2026-11-21T13:00", "ends_at_local": "2026-11-21T16:00"}
        assert len(self.titles(client, **walls, bbox="-74.02,40.70,-73.96,40.76")) == 1
        refused = client.get(SPACES, params=walls)
        assert (refused.status_code, refused.json()["code"]) == (422, "period_needed")
        assert refused.json()["errors"][0]["path"] == "starts_at_local"

    @pytest.mark.parametrize(
        ("wrong", "code", "path"),
        [
            ({"lat": 40.7}, "point_needed", "lng"),
            ({"lng": 40.7}, "point_needed", "lat"),
            ({"radius": 40}, "point_needed", "lat"),
            ({"unit": "km"}, "point_needed", "lat"),
            ({"sort": "distance"}, "sort_impossible", "sort"),
            ({"sort": "price"} | STAY, "sort_impossible", "sort"),
            ({"sort": "newest"} | EAST_VILLAGE, "sort_impossible", "sort"),
            ({"sort": "price"} | EAST_VILLAGE, "period_needed", "starts_at"),
            ({"max_total": 5, "currency": "USD"}, "period_needed", "starts_at"),
            ({"min_total": 5, "currency": "USD"} | EAST_VILLAGE, "period_needed", "starts_at"),
            ({"max_hour": 5}, "currency_needed", "currency"),
            ({"bbox": "1,2,3"}, "bad_box", "bbox"),
            ({"host": "you"}, "invalid", "host"),
            ({"cursor": "x"}, "bad_cursor", "cursor"),
            ({"cursor": "x"} | EAST_VILLAGE, "bad_cursor", "cursor"),
            ({"height_cm": 0}, "invalid", "height_cm"),
            ({"height_cm": 10**20}, "invalid", "height_cm"),
            ({"ends_at": STAY["ends_at"]}, "period_needed", "starts_at"),
            ({"starts_at": "2026-11-20T13:00:00Z", "ends_at": STAY["ends_at"]}, "period_past", ""),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, client: TestClient, wrong: dict[str, Any], code: str, path: str
    ) -> None:
        answer = client.get(SPACES, params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        if path:
            assert [found["path"] for found in answer.json()["errors"]] == [path]

    def test_hosts_list_their_own_drafts_too(
        self, client: TestClient, session: Session, host: User, as_: As
    ) -> None:
        for status in SpaceStatus:
            make.space(session, host, title=status, status=status)
        owen, sam, ada = as_(host), as_(make.sam(session)), as_(make.ada(session))
        session.commit()

        def seen(who: dict[str, str], **asked: Any) -> list[str]:
            return [item["status"] for item in self.found(client, who, **asked)["items"]]

        everything = ["withheld", "paused", "published", "draft"]
        assert seen(owen, host="me") == seen(owen, host=str(host.id)) == everything
        assert seen(ada, host=str(host.id)) == everything
        assert seen(sam, host=str(host.id)) == seen({}, host=str(host.id)) == ["published"]
        assert seen(sam, host="me") == seen(ada, host="me") == []
        assert seen(owen) == ["published"]
        nobody = client.get(SPACES, params={"host": "me"})
        assert (nobody.status_code, nobody.json()["code"]) == (401, "sign_in_needed")
        answer = client.get(SPACES, params={"host": "me"}, headers=owen)
        assert answer.headers["cache-control"] == "private, no-store"


class TestNearby:
    def test_free_now_for_an_hour_is_what_is_meant(
        self, client: TestClient, session: Session
    ) -> None:
        host = make.owen(session)
        garage = make.space(session, host)
        later = make.space(session, host, title="Taken later", hour_minor=100)
        make.confirmed(session, garage, None, period(0.5, 1))
        make.confirmed(session, later, None, period(1.5, 1))
        session.commit()

        def titles(**asked: Any) -> list[str]:
            answer = client.get(f"{SPACES}/nearby", params=EAST_VILLAGE | asked)
            assert answer.status_code == 200, answer.text
            return [item["title"] for item in answer.json()["items"]]

        assert titles() == ["Taken later"]
        assert titles(radius=0.1, unit="km") == ["Taken later"]
        assert titles(**STAY) == []
        (item,) = client.get(f"{SPACES}/nearby", params=EAST_VILLAGE).json()["items"]
        assert item["total"] == {"amount_minor": 100, "currency": "USD"}

    @pytest.mark.parametrize("wrong", [{}, {"lat": 1}, {"lat": 91, "lng": 0}, {"host": "me"}])
    def test_it_is_asked_for_rightly(self, client: TestClient, wrong: dict[str, Any]) -> None:
        wrong = wrong | ({} if "lat" in wrong or not wrong else EAST_VILLAGE)
        assert client.get(f"{SPACES}/nearby", params=wrong).status_code == 422


class TestTakingDown:
    def test_a_space_is_gone_for_everybody(self, client: TestClient, owen: dict[str, str]) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        answer = client.delete(path, headers=owen)
        assert (answer.status_code, answer.content) == (204, b"")
        gone = [
            client.get(path, headers=owen),
            client.get(path),
            client.patch(path, json={"title": "Back again"}, headers=owen),
            client.delete(path, headers=owen),
            client.post(f"{path}/publish", headers=owen),
            client.get(f"{path}/availability", headers=owen),
            client.get(f"{path}/calendar", headers=owen),
            client.get(f"{path}/bookings", headers=owen),
        ]
        assert [answer.status_code for answer in gone] == [404] * len(gone)
        assert client.get(SPACES, params={"host": "me"}, headers=owen).json()["items"] == []

    def test_it_is_refused_while_stays_are_booked_unless_they_are_called_off(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        host, driver = make.owen(session), make.dana(session)
        garage = make.space(session, host)
        booking = make.confirmed(session, garage, driver, period(1, 3))
        owen, dana = as_(host), as_(driver)
        path = f"{SPACES}/{garage.id}"
        refused = client.delete(path, headers=owen)
        assert (refused.status_code, refused.json()["code"]) == (409, "bookings_ahead")
        assert refused.json()["details"] == {"count": "1"}
        assert client.get(path).status_code == 200
        done = client.delete(path, params={"cancel_bookings": True}, headers=owen)
        assert done.status_code == 204
        seen = client.get(f"/api/v1/bookings/{booking.id}", headers=dana).json()
        assert (seen["status"], seen["space_title"]) == ("cancelled", "St Marks Place garage")

    def test_who_may(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        sam, ada = as_(make.sam(session)), as_(make.ada(session))
        assert [client.delete(path, headers=who).status_code for who in (sam, {}, ada)] == [
            403,
            401,
            204,
        ]


class TestCaching:
    def test_what_everybody_sees_is_kept_and_not_sent_twice(
        self, client: TestClient, owen: dict[str, str]
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        for url, asked, kept in (
            (path, {}, 30),
            (path, STAY, 0),
            (f"{SPACES}/pins", TestPins.BOX | STAY, 0),
            ("/api/v1/tags", {}, 300),
        ):
            first = client.get(url, params=asked)
            assert first.headers["cache-control"] == f"public, max-age={kept}"
            known = {"If-None-Match": first.headers["etag"]}
            again = client.get(url, params=asked, headers=known)
            assert (again.status_code, again.content) == (304, b"")
        client.patch(path, json={"title": "Another name"}, headers=owen)
        assert client.get(path, headers=known).status_code == 200

    def test_what_one_person_sees_is_kept_by_nobody(
        self, client: TestClient, session: Session, owen: dict[str, str], as_: As
    ) -> None:
        path = f"{SPACES}/{listed(client, owen)}"
        assert client.get(path).headers["vary"] == "Authorization, Cookie"
        for who in (owen, as_(make.sam(session))):
            answer = client.get(path, headers=who)
            assert answer.headers["cache-control"] == "private, no-store"

    def test_tags_are_counted_over_what_is_published(
        self, client: TestClient, session: Session
    ) -> None:
        host = make.owen(session)
        make.space(session, host, tags=["ev", "max height 2.1 m"])
        make.space(session, host, tags=["ev", "lit"])
        make.space(session, host, tags=["lit", "gated"], status=SpaceStatus.PAUSED)
        session.commit()
        assert client.get("/api/v1/tags").json()["items"] == [
            {"tag": "ev", "spaces": 2},
            {"tag": "lit", "spaces": 1},
            {"tag": "max height 2.1 m", "spaces": 1},
        ]


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
