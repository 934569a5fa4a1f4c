"""Anyone reports a vehicle; nobody learns from it who parks where."""

import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session, select

from parkplace.accounts import tokens
from parkplace.accounts.origin import HERE
from parkplace.core.db import transaction
from parkplace.core.models import IdempotencyKey
from parkplace.notifications.models import Email
from parkplace.reports.models import Report
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.api.conftest import As, program
from tests.factories import NOW, period
from tests.statements import statements

REPORTS = "/api/v1/reports"


def report(**change: object) -> dict[str, Any]:
    return {
        "plate": "KLM 4821",
        "kind": "in_my_bay",
        "description": "A red van stands in my bay.",
    } | change


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    return made.getvalue()


def test_a_known_and_an_unknown_plate_get_one_answer(client: TestClient, session: Session) -> None:
    booking = make.confirmed(
        session, make.space(session, make.owen(session)), make.dana(session), period(0, 3)
    )
    booking.plate = "KLM4821"
    session.add(booking)
    session.commit()
    known = client.post(REPORTS, json=report())
    unknown = client.post(REPORTS, json=report(plate="XYZ 999"))
    assert known.status_code == unknown.status_code == 201
    assert set(known.json()) == set(unknown.json()) == {"id", "status_url"}
    assert len(known.json()["status_url"]) == len(unknown.json()["status_url"])


def test_the_status_link_says_what_became_of_it(
    client: TestClient, session: Session, as_: As
) -> None:
    filed = client.post(REPORTS, json=report(email="neighbour@example.com")).json()
    token = filed["status_url"].rpartition("/")[2]
    path = f"{REPORTS}/status/{token}"
    said = client.get(path).json()
    assert (said["status"], said["plate"]) == ("open", "KLM4821")
    assert "description" not in said
    ada = as_(make.ada(session))
    answer = {"status": "resolved", "answer": "It was towed."}
    assert client.patch(f"{REPORTS}/{filed['id']}", json=answer, headers=ada).status_code == 200
    said = client.get(path).json()
    assert (said["status"], said["answer"]) == ("resolved", "It was towed.")
    assert [mail.kind for mail in session.exec(select(Email))] == ["report_received"]
    for wrong in (token[:-1], "x", "a%2Fb", filed["id"]):
        assert client.get(f"{REPORTS}/status/{wrong}").status_code == 404


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"plate": ""}, "plate_needed", "plate"),
        ({"plate": "<script>"}, "bad_plate", "plate"),
        ({"plate": "a\u0000"}, "invalid", "plate"),
        ({"kind": "noise"}, "invalid", "kind"),
        ({"description": "x"}, "text_needed", "description"),
        ({"description": "x" * 2001}, "text_too_long", "description"),
        ({"email": "nobody"}, "bad_email", "email"),
        ({"lat": 91, "lng": 0}, "outside_earth", "lat"),
        ({"lat": 40}, "place_half_given", "lng"),
        ({"lng": 40}, "place_half_given", "lat"),
        ({"lat": 1e400, "lng": 0}, "invalid", "lat"),
        ({"space_id": "01a1fe8e-7009-738c-a9ec-c55e2586e2f1"}, "unknown_space", "space_id"),
        ({"reporter_id": "01a1fe8e-7009-738c-a9ec-c55e2586e2f1"}, "invalid", "reporter_id"),
        ({"status": "resolved"}, "invalid", "status"),
    ],
)
def test_what_cannot_be_filed_is_refused(
    *, client: TestClient, session: Session, change: dict[str, object], code: str, path: str
) -> None:
    content = json.dumps(report(**change))
    answer = client.post(REPORTS, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert path in [found["path"] for found in answer.json()["errors"]]
    assert not session.exec(select(Report)).all()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff"])
def test_what_is_no_report_at_all(client: TestClient, body: bytes) -> None:
    answer = client.post(REPORTS, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_may_carry_a_picture(client: TestClient, session: Session, as_: As) -> None:
    sam = as_(make.sam(session))
    sent = {"photo": ("van.jpg", picture(), "image/jpeg")}
    answer = client.post(REPORTS, data=report(lat="40.7", lng="-74"), files=sent, headers=sam)
    assert answer.status_code == 201
    (mine,) = client.get(REPORTS, headers=sam).json()["items"]
    assert (mine["lat"], mine["lng"]) == (40.7, -74)
    assert client.get(mine["photo_urls"]["320"]).headers["content-type"] == "image/webp"


def test_a_picture_that_is_none_is_refused(client: TestClient, session: Session) -> None:
    sent = {"photo": ("van.jpg", b"<script>alert(1)</script>", "image/jpeg")}
    answer = client.post(REPORTS, data=report(), files=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_picture")
    assert not session.exec(select(Report)).all()


def test_a_form_without_a_picture_is_fine(client: TestClient) -> None:
    assert client.post(REPORTS, data=report(), files={"x": b""}).status_code == 422
    form = {name: (None, value) for name, value in report().items()}
    assert client.post(REPORTS, files=form).status_code == 201


def test_people_see_their_own_and_admins_all(client: TestClient, session: Session, as_: As) -> None:
    sam, dana, ada = (as_(one(session)) for one in (make.sam, make.dana, make.ada))
    filed = {
        name: client.post(REPORTS, json=report(), headers=who).json()["id"]
        for name, who in {"sam": sam, "dana": dana, "nobody": {}}.items()
    }

    def seen(who: dict[str, str]) -> list[str]:
        return [item["id"] for item in client.get(REPORTS, headers=who).json()["items"]]

    assert seen(sam) == [filed["sam"]]
    assert seen(dana) == [filed["dana"]]
    assert seen(ada) == [filed["nobody"], filed["dana"], filed["sam"]]
    assert client.get(REPORTS).status_code == 401


def test_all_of_them_come_in_pages(client: TestClient, session: Session, as_: As) -> None:
    ada = as_(make.ada(session))
    filed = [client.post(REPORTS, json=report()).json()["id"] for _ in range(5)]
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get(REPORTS, params=asked, headers=ada).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert seen == filed[::-1]
    open_ = client.get(REPORTS, params={"status": "resolved"}, headers=ada).json()
    assert open_["items"] == []


def test_only_ada_answers(client: TestClient, session: Session, as_: As) -> None:
    sam, ada = make.sam(session), make.ada(session)
    filed = client.post(REPORTS, json=report(), headers=as_(sam)).json()
    answer = {"status": "dismissed", "answer": "No."}
    path = f"{REPORTS}/{filed['id']}"
    statuses = [
        client.patch(path, json=answer, headers=who).status_code for who in ({}, as_(sam), as_(ada))
    ]
    assert statuses == [401, 403, 200]
    nothing = f"{REPORTS}/01a1fe8e-7009-738c-a9ec-c55e2586e2f1"
    assert client.patch(nothing, json=answer, headers=as_(ada)).status_code == 404


def test_flooding_is_slowed_down(client: TestClient) -> None:
    statuses = [client.post(REPORTS, json=report()).status_code for _ in range(21)]
    assert statuses == [*[201] * 20, 429]


def test_html_stays_text(client: TestClient, session: Session, as_: As) -> None:
    ada = as_(make.ada(session))
    client.post(REPORTS, json=report(description="<img src=x onerror=alert(1)>"))
    (item,) = client.get(REPORTS, headers=ada).json()["items"]
    assert item["description"] == "<img src=x onerror=alert(1)>"


def test_a_repeat_with_the_key_files_nothing_more_and_gets_the_same_link(
    client: TestClient, session: Session
) -> None:
    key = {"Idempotency-Key": "unguessable"}
    sent = report(email="neighbour@example.com")
    first, again = (client.post(REPORTS, json=sent, headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    token = first.json()["status_url"].rpartition("/")[2]
    assert client.get(f"{REPORTS}/status/{token}").status_code == 200
    assert len(session.exec(select(Report)).all()) == len(session.exec(select(Email)).all()) == 1
    # Nothing that opens the report is kept with the key.
    (kept,) = session.exec(select(IdempotencyKey)).all()
    assert token not in json.dumps(kept.answer)
    other = client.post(REPORTS, json=report(plate="AB1"), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_another_picture_is_another_report(client: TestClient) -> None:
    key = {"Idempotency-Key": "unguessable"}
    answers = [
        client.post(
            REPORTS, data=report(), files={"photo": ("van.jpg", one, "image/jpeg")}, headers=key
        )
        for one in (picture(), picture(), picture() + b" ")
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 422]


def test_one_report_is_read_by_its_reporter_and_by_admins(
    client: TestClient, session: Session, as_: As
) -> None:
    sam, dana, ada = (as_(one(session)) for one in (make.sam, make.dana, make.ada))
    filed = client.post(REPORTS, json=report(), headers=sam).json()
    path = f"{REPORTS}/{filed['id']}"
    statuses = [client.get(path, headers=who).status_code for who in ({}, dana, sam, ada)]
    assert statuses == [401, 404, 200, 200]
    assert client.get(path, headers=ada).headers["etag"]


def test_of_two_admins_the_second_is_told_that_the_first_has_answered(
    client: TestClient, session: Session, as_: As
) -> None:
    ada = as_(make.ada(session))
    filed = client.post(REPORTS, json=report()).json()
    path = f"{REPORTS}/{filed['id']}"
    read = {"If-Match": client.get(path, headers=ada).headers["etag"]}
    towed = {"status": "resolved", "answer": "It was towed."}
    first = client.patch(path, json=towed, headers=ada | read)
    assert first.status_code == 200
    late = client.patch(path, json={"status": "dismissed"}, headers=ada | read)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(path, headers=ada).json()["answer"] == "It was towed."
    newer = {"If-Match": first.headers["etag"]}
    assert client.patch(path, json={"status": "open"}, headers=ada | newer).status_code == 200


def test_of_many_admins_at_once_one_answers(committed_database: str) -> None:
    assert committed_database
    with transaction() as session:
        ada = make.ada(session)
        token = tokens.issue(session, user=ada, origin=HERE, now=NOW).access_token
    who = {"Authorization": f"Bearer {token}"}
    filed = program().post(REPORTS, json=report()).json()
    path = f"{REPORTS}/{filed['id']}"
    read = {"If-Match": program().get(path, headers=who).headers["etag"]}

    def answer(number: int) -> int:
        said = {"status": "resolved", "answer": f"Number {number}."}
        return program().patch(path, json=said, headers=who | read).status_code

    assert sorted(at_once(answer, range(5))) == [200, *[412] * 4]


def test_reports_are_found_by_plate_and_by_status(
    client: TestClient, session: Session, as_: As
) -> None:
    sam, ada = as_(make.sam(session)), as_(make.ada(session))
    hers = client.post(REPORTS, json=report(plate="AB 12"), headers=sam).json()["id"]
    other = client.post(REPORTS, json=report(plate="CD 34")).json()["id"]
    client.patch(f"{REPORTS}/{other}", json={"status": "resolved"}, headers=ada)

    def found(who: dict[str, str], **asked: str) -> list[str]:
        items = client.get(REPORTS, params=asked, headers=who).json()["items"]
        return [item["id"] for item in items]

    assert found(ada, plate="ab-12") == found(sam, plate="AB12") == [hers]
    assert found(sam, plate="CD34") == []
    assert found(ada, status="open") == [hers]
    assert found(ada, status="open", plate="CD34") == []
    wrong = client.get(REPORTS, params={"plate": "<script>"}, headers=ada)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_plate")


def test_a_list_asks_the_database_as_often_for_many_as_for_few(
    client: TestClient, session: Session, as_: As
) -> None:
    ada = as_(make.ada(session))
    counts: set[int] = set()
    for _ in range(2):
        for _ in range(4):
            client.post(REPORTS, json=report())
        with statements() as said:
            client.get(REPORTS, headers=ada)
        counts.add(len(said))
    assert len(counts) == 1
