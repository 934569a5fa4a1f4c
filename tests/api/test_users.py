"""People through the API: the admin's list, one's own account, and what everybody sees."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import event
from sqlmodel import Session, select

from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import AuditEntry, User
from parkplace.core.files import END_OF_TIME, files
from parkplace.core.ids import new_id
from parkplace.notifications.models import Email
from parkplace.spaces.models import Space
from tests import factories as make
from tests.api.conftest import As
from tests.factories import period

USERS = "/api/v1/users"


class Cast:
    """Dana, Owen, Sam, Ada, and what makes a program each of them."""

    def __init__(self, session: Session, as_: As) -> None:
        self.people = {
            "dana": make.dana(session),
            "owen": make.owen(session),
            "sam": make.sam(session),
            "ada": make.ada(session),
        }
        self.garage = make.space(session, self["owen"])
        self.guests = make.held(session, self.garage, None, period(1, 2))
        self.headers = {name: as_(user) for name, user in self.people.items()}
        self.headers["nobody"] = {}
        self.headers["guest"] = {"Authorization": f"Bearer {manage_token(self.guests.id)}"}

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def path(self, name: str, rest: str = "") -> str:
        return f"{USERS}/{self[name].id}{rest}"


@pytest.fixture
def cast(session: Session, as_: As) -> Cast:
    return Cast(session, as_)


def jpeg(colour: str = "red") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    made = io.BytesIO()
    Image.new("RGB", (800, 400), colour).save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_ada_lists_people_by_what_she_looks_for(client: TestClient, cast: Cast) -> None:
    ada = cast.headers["ada"]

    def names(**wanted: Any) -> list[str]:
        answer = client.get(USERS, params={"sort": "name", **wanted}, headers=ada)
        assert answer.status_code == 200
        return [one["name"] for one in answer.json()["items"]]

    assert names() == ["Ada", "Dana", "Owen", "Sam"]
    assert names(text="d") == ["Dana"]
    assert names(role="host") == ["Owen"]
    assert names(status="suspended") == []
    for wrong in ({"role": "king"}, {"sort": "age"}, {"limit": 101}, {"cursor": "x"}, {"q": "x"}):
        assert client.get(USERS, params=wrong, headers=ada).status_code == 422


@pytest.mark.parametrize("sort", ["created", "name", "email"])
def test_the_list_comes_in_pages(client: TestClient, cast: Cast, sort: str) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        params = {"limit": 1, "sort": sort} | ({"cursor": cursor} if cursor else {})
        page = client.get(USERS, params=params, headers=cast.headers["ada"]).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(str(user.id) for user in cast.people.values())


def test_the_list_takes_as_many_statements_for_one_as_for_many(
    client: TestClient, session: Session, cast: Cast
) -> None:
    counted: list[str] = []
    connection = session.connection()

    def statements(limit: int) -> int:
        counted.clear()
        client.get(USERS, params={"limit": limit}, headers=cast.headers["ada"])
        return len(counted)

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        counted.append(statement)

    statements(1)
    event.listen(connection, "before_cursor_execute", note)
    assert statements(1) == statements(4)
    event.remove(connection, "before_cursor_execute", note)


def test_one_reads_ones_own_account_and_ada_everybodys(client: TestClient, cast: Cast) -> None:
    for who in ("dana", "ada"):
        answer = client.get(cast.path("dana"), headers=cast.headers[who])
        assert answer.status_code == 200
        assert answer.headers["etag"]
        said = answer.json()
        assert (said["email"], said["name"], said["status"]) == (
            "dana@example.com", "Dana", "active",
        )  # fmt: skip
        assert set(said) == {
            "id", "email", "name", "status", "is_host", "is_admin", "email_verified",
            "identity_verified", "created_at", "public_name", "about", "photo_urls", "locale",
            "hour_cycle", "distance_unit", "muted_letters", "suspended_at", "suspended_why",
            "deleted_at",
        }  # fmt: skip
    missing = client.get(f"{USERS}/{new_id()}", headers=cast.headers["ada"])
    assert (missing.status_code, missing.json()["code"]) == (404, "account_unknown")


def test_dana_changes_her_profile_from_what_she_read(client: TestClient, cast: Cast) -> None:
    dana, path = cast.headers["dana"], cast.path("dana")
    tag = {"If-Match": client.get(path, headers=dana).headers["etag"]}
    change = {
        "name": "Dana Kim", "public_name": "DK", "about": "I drive.", "locale": "en_GB",
        "hour_cycle": "24", "distance_unit": "mi", "muted_letters": ["changed", "confirmed"],
    }  # fmt: skip
    answer = client.patch(path, json=change, headers=dana | tag)
    assert answer.status_code == 200
    said = answer.json()
    assert {name: said[name] for name in change} == change | {
        "muted_letters": ["confirmed", "changed"]
    }
    late = client.patch(path, json={"about": "I fly."}, headers=dana | tag)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(path, headers=dana).headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"name": " "}, "bad_name", "name"),
        ({"locale": "tlh"}, "unknown_locale", "locale"),
        ({"muted_letters": ["ended"]}, "invalid", "muted_letters.0"),
        ({"hour_cycle": "25"}, "invalid", "hour_cycle"),
        ({"email": "x@example.com"}, "invalid", "email"),
        ({"suspended_at": None}, "invalid", "suspended_at"),
    ],
)
def test_what_a_profile_cannot_say_is_refused(
    client: TestClient, cast: Cast, change: dict[str, Any], code: str, path: str
) -> None:
    answer = client.patch(cast.path("dana"), json=change, headers=cast.headers["dana"])
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path


def test_roles_are_adas_to_give(client: TestClient, session: Session, cast: Cast) -> None:
    def change(who: str, whom: str, **roles: bool) -> tuple[int, str | None]:
        answer = client.patch(cast.path(whom), json=roles, headers=cast.headers[who])
        return answer.status_code, answer.json().get("code")

    assert change("dana", "dana", is_admin=True) == (403, "admins_only")
    assert change("dana", "sam", is_host=True) == (404, "account_unknown")
    assert change("dana", "dana", is_host=True) == (403, "admins_only")
    assert change("ada", "ada", is_admin=False) == (409, "last_admin")
    assert change("ada", "dana", is_admin=True, is_host=True) == (200, None)
    assert change("dana", "ada", is_admin=False) == (200, None)
    assert change("ada", "dana", is_admin=False) == (404, "account_unknown")
    told = session.exec(select(AuditEntry.action)).all()
    assert list(told) == ["roles_changed"] * 2


def test_suspending_dana_puts_her_out_at_once_and_tells_her(
    client: TestClient, session: Session, cast: Cast
) -> None:
    ada = cast.headers["ada"]
    answer = client.post(cast.path("dana", "/suspend"), json={"why": "Two plates."}, headers=ada)
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["suspended_why"]) == ("suspended", "Two plates.")
    out = client.get(cast.path("dana"), headers=cast.headers["dana"])
    assert (out.status_code, out.json()["code"]) == (401, "session_over")
    assert client.get(cast.path("dana", "/profile")).status_code == 404
    mail = session.exec(select(Email).where(Email.kind == "suspended")).one()
    assert "Two plates." in mail.text
    back = client.post(cast.path("dana", "/reinstate"), headers=ada)
    assert (back.status_code, back.json()["status"]) == (200, "active")
    # The old tokens stay dead: they belonged to sessions that are over.
    assert client.get(cast.path("dana"), headers=cast.headers["dana"]).status_code == 401


def test_suspending_owen_takes_his_garage_from_the_map_and_leaves_its_bookings(
    client: TestClient, session: Session, cast: Cast
) -> None:
    near = {
        "lat": 40.729, "lng": -73.9888, "radius": 1, "unit": "km",
        "starts_at": "2026-11-22T18:00:00Z", "ends_at": "2026-11-22T20:00:00Z",
    }  # fmt: skip

    def found() -> int:
        return len(client.get("/api/v1/spaces", params=near).json()["items"])

    assert found() == 1
    body = {"why": "Not there."}
    client.post(cast.path("owen", "/suspend"), json=body, headers=cast.headers["ada"])
    assert found() == 0
    assert client.get(f"/api/v1/spaces/{cast.garage.id}").status_code == 404
    held = client.get(f"/api/v1/bookings/{cast.guests.id}", headers=cast.headers["guest"])
    assert held.json()["status"] == "held"
    publish = f"/api/v1/spaces/{cast.garage.id}/publish"
    answer = client.post(publish, headers=cast.headers["ada"])
    assert (answer.status_code, answer.json()["code"]) == (409, "host_suspended")
    client.post(cast.path("owen", "/reinstate"), headers=cast.headers["ada"])
    assert found() == 1
    session.expire_all()
    assert session.exec(select(Space.status)).one() == "published"


def test_ada_cannot_suspend_herself(client: TestClient, cast: Cast) -> None:
    answer = client.post(
        cast.path("ada", "/suspend"), json={"why": "Why?"}, headers=cast.headers["ada"]
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "own_case")


def test_everybody_sees_the_public_part_and_keeps_it_for_a_minute(
    client: TestClient, cast: Cast
) -> None:
    answer = client.get(cast.path("owen", "/profile"))
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(cast["owen"].id), "name": "Owen", "about": "", "photo_urls": None,
        "member_since": "2026-11-21", "email_verified": True, "identity_verified": False,
        "is_host": True, "spaces": 1,
    }  # fmt: skip
    assert answer.headers["cache-control"] == "public, max-age=60"
    same = client.get(
        cast.path("owen", "/profile"), headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (same.status_code, same.content) == (304, b"")


def test_danas_picture_is_cut_to_a_square_and_shown_to_everybody(
    client: TestClient, cast: Cast
) -> None:
    photo = f"{USERS}/me/photo"
    dana = cast.headers["dana"]

    def put(content: bytes) -> Any:
        return client.put(photo, files={"photo": ("a.jpg", content)}, headers=dana)

    first = put(jpeg()).json()["photo_urls"]
    shown = client.get(cast.path("dana", "/profile")).json()["photo_urls"]
    assert shown == first
    assert set(shown) == {"128", "320"}
    content = client.get(shown["320"])
    assert (content.status_code, content.headers["content-type"]) == (200, "image/webp")
    assert b"at home" not in content.content
    with Image.open(io.BytesIO(content.content)) as opened:
        assert opened.size == (320, 320)
    put(jpeg("blue"))
    assert client.get(first["320"]).status_code == 404
    assert put(b"no picture").json()["code"] == "not_a_picture"
    second = client.get(cast.path("dana"), headers=dana).json()["photo_urls"]
    assert client.delete(cast.path("dana", "/photo"), headers=dana).status_code == 204
    assert client.get(second["320"]).status_code == 404
    assert files().read(second["320"].rpartition("/")[2]) is None


def test_a_picture_chosen_on_one_device_does_not_replace_one_just_chosen_on_another(
    client: TestClient, cast: Cast
) -> None:
    photo, path, dana = f"{USERS}/me/photo", cast.path("dana"), cast.headers["dana"]
    read = client.get(path, headers=dana).headers["etag"]

    def put(colour: str) -> Any:
        picture = {"photo": ("a.jpg", jpeg(colour))}
        return client.put(photo, files=picture, headers=dana | {"If-Match": read})

    first = put("blue")
    assert first.status_code == 200
    assert first.headers["etag"] == client.get(path, headers=dana).headers["etag"] != read
    stored = set(files().names(before=END_OF_TIME))
    late = put("red")
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    kept = client.get(path, headers=dana).json()["photo_urls"]
    assert kept == first.json()["photo_urls"]
    assert set(files().names(before=END_OF_TIME)) == stored  # nothing is left of the late one


Case = tuple[str, str, dict[str, Any] | None]
# Every route of an admin's, which everybody else tries.
ADMINS: list[Case] = [
    ("GET", "", None),
    ("POST", "/{dana}/suspend", {"why": "Because."}),
    ("POST", "/{dana}/reinstate", None),
    ("POST", "/{dana}/verify", {"decision": "approve"}),
    ("GET", "/{dana}/verification", None),
    ("GET", "/{dana}/verification/documents/1", None),
    ("DELETE", "/{dana}", None),
]


@pytest.mark.parametrize("case", ADMINS, ids=lambda case: f"{case[0]} {case[1]}")
def test_what_is_adas_is_nobody_elses(
    client: TestClient, session: Session, cast: Cast, case: Case
) -> None:
    method, path, body = case
    where = USERS + path.format(dana=cast["dana"].id)
    for who in ("dana", "owen", "sam"):
        answer = client.request(method, where, json=body, headers=cast.headers[who])
        assert (answer.status_code, answer.json()["code"]) == (403, "admins_only"), who
    for who in ("nobody", "guest"):
        answer = client.request(method, where, json=body, headers=cast.headers[who])
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed"), who
    session.refresh(cast["dana"])
    assert cast["dana"].suspended_at is None
    assert session.exec(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "", None), ("PATCH", "", {"about": "Mine."}), ("DELETE", "/photo", None)],
)
def test_what_is_danas_is_not_sams(
    client: TestClient, cast: Cast, method: str, path: str, body: dict[str, Any] | None
) -> None:
    for who, status in (("sam", 404), ("owen", 404), ("nobody", 401), ("guest", 401)):
        answer = client.request(
            method, cast.path("dana", path), json=body, headers=cast.headers[who]
        )
        assert answer.status_code == status, who


Ask = Callable[[Cast, UUID], tuple[str, str, dict[str, Any] | None]]
EVERY: dict[str, Ask] = {
    "list": lambda _, __: ("GET", USERS, None),
    "read": lambda _, whom: ("GET", f"{USERS}/{whom}", None),
    "change": lambda _, whom: ("PATCH", f"{USERS}/{whom}", {"about": "x"}),
    "roles": lambda _, whom: ("PATCH", f"{USERS}/{whom}", {"is_host": True}),
    "profile": lambda _, whom: ("GET", f"{USERS}/{whom}/profile", None),
    "suspend": lambda _, whom: ("POST", f"{USERS}/{whom}/suspend", {"why": "x"}),
    "reinstate": lambda _, whom: ("POST", f"{USERS}/{whom}/reinstate", None),
    "papers": lambda _, whom: ("GET", f"{USERS}/{whom}/verification", None),
    "own papers": lambda _, __: ("GET", f"{USERS}/me/verification", None),
    "verify": lambda _, whom: ("POST", f"{USERS}/{whom}/verify", {"decision": "approve"}),
    "remove photo": lambda _, whom: ("DELETE", f"{USERS}/{whom}/photo", None),
    "remove": lambda _, whom: ("DELETE", f"{USERS}/{whom}", None),
    "vehicles": lambda _, __: ("GET", "/api/v1/vehicles", None),
    "own log": lambda _, __: ("GET", "/api/v1/auth/me/audit", None),
    "log": lambda _, whom: ("GET", f"/api/v1/audit?subject_id={whom}", None),
    "export": lambda _, __: ("GET", "/api/v1/auth/me/export", None),
    "leave": lambda _, __: ("DELETE", "/api/v1/auth/me", {"password": "x"}),
}


@pytest.mark.parametrize("who", ["dana", "owen", "sam", "guest", "nobody"])
def test_whoever_is_no_admin_never_sees_anothers_address(
    client: TestClient, cast: Cast, who: str
) -> None:
    """Every route of people, asked about everybody, twice over."""
    own = cast.people[who].email if who in cast.people else ""
    others = [user.email for user in cast.people.values() if user.email != own]
    for whom in (*cast.people, *cast.people):
        for what, ask in EVERY.items():
            method, path, body = ask(cast, cast[whom].id)
            answer = client.request(method, path, json=body, headers=cast.headers[who])
            assert answer.status_code < 500, (what, whom)
            assert not [email for email in others if email in answer.text], (what, whom)
            if not own:
                assert answer.status_code == 401 or what == "profile", (what, whom)
