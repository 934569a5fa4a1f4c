"""Papers through the API: in by their owner, seen by admins alone, one set at a time."""

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session, select

from parkplace.accounts.models import AuditEntry, IdentityDocument, User
from parkplace.core.private_files import private_files
from parkplace.core.settings import get_settings
from parkplace.notifications.models import Email
from tests import factories as make
from tests.api.conftest import As

MINE = "/api/v1/users/me/verification"
PDF = b"%PDF-1.7 passport no. 4711"


@pytest.fixture
def dana(session: Session) -> User:
    return make.dana(session)


@pytest.fixture
def as_dana(dana: User, as_: As) -> dict[str, str]:
    return as_(dana)


@pytest.fixture
def as_ada(session: Session, as_: As) -> dict[str, str]:
    return as_(make.ada(session))


def png(side: int = 50) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(made, "PNG")
    return made.getvalue()


def send(
    client: TestClient, headers: dict[str, str], *contents: bytes, kind: str = "passport"
) -> Any:
    papers = [("documents", (f"{number}.pdf", content)) for number, content in enumerate(contents)]
    return client.post(MINE, data={"kind": kind}, files=papers or {"x": b""}, headers=headers)


def test_dana_sends_papers_and_sees_how_far_they_have_come(
    client: TestClient, as_dana: dict[str, str]
) -> None:
    missing = client.get(MINE, headers=as_dana)
    assert (missing.status_code, missing.json()["code"]) == (404, "no_papers")
    answer = send(client, as_dana, PDF, png())
    assert answer.status_code == 201
    said = answer.json()
    assert (said["kind"], said["status"], said["why"]) == ("passport", "pending", "")
    assert [(one["number"], one["content_type"]) for one in said["documents"]] == [
        (1, "application/pdf"), (2, "image/webp"),
    ]  # fmt: skip
    assert client.get(MINE, headers=as_dana).json() == said
    assert answer.headers["cache-control"] == "no-store"


def test_what_lies_on_the_disk_cannot_be_read_and_has_no_address(
    client: TestClient, session: Session, as_dana: dict[str, str]
) -> None:
    send(client, as_dana, PDF)
    [document] = session.exec(select(IdentityDocument))
    stored = (get_settings().private_dir / document.file_name).read_bytes()
    assert b"4711" not in stored
    for path in (f"/photos/{document.file_name}", f"/photos/../private/{document.file_name}"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("contents", "kind", "code"),
    [
        ([], "passport", "invalid"),
        ([PDF] * 4, "passport", "papers_needed"),
        ([b"hello"], "passport", "not_a_paper"),
        ([PDF], "library_card", "invalid"),
    ],
)
def test_what_are_no_papers_is_refused(
    client: TestClient, as_dana: dict[str, str], contents: list[bytes], kind: str, code: str
) -> None:
    answer = send(client, as_dana, *contents, kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert client.get(MINE, headers=as_dana).json()["code"] == "no_papers"


def test_three_large_papers_come_through_and_more_does_not(
    client: TestClient, as_dana: dict[str, str]
) -> None:
    large = PDF + b"\0" * (10_000_000 - len(PDF))
    assert send(client, as_dana, large + b"\0").json()["code"] == "paper_too_big"
    assert send(client, as_dana, large, large, large).status_code == 201
    answer = send(client, as_dana, large, large, large, large)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def names() -> set[str]:
    folder = get_settings().private_dir
    return {file.name for file in folder.iterdir()} if folder.is_dir() else set()


def test_one_set_waits_at_a_time_and_a_repeat_is_the_same_one(
    client: TestClient, as_dana: dict[str, str]
) -> None:
    key = {"Idempotency-Key": "one"}
    first = send(client, as_dana | key, PDF)
    lying = names()
    second = send(client, as_dana, PDF)
    assert (second.status_code, second.json()["code"]) == (409, "papers_waiting")
    assert names() == lying
    assert send(client, as_dana | key, PDF).json() == first.json()
    other = send(client, as_dana | key, PDF + b" other")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_ada_looks_and_each_look_is_written_down(
    client: TestClient, session: Session, dana: User, as_dana: dict[str, str],
    as_ada: dict[str, str],
) -> None:  # fmt: skip
    send(client, as_dana, PDF, png())
    path = f"/api/v1/users/{dana.id}/verification"
    listed = client.get(path, headers=as_ada)
    assert listed.headers["cache-control"] == "no-store"
    assert len(listed.json()["documents"]) == 2
    for number, content_type, ending in ((1, "application/pdf", "pdf"), (2, "image/webp", "webp")):
        answer = client.get(f"{path}/documents/{number}", headers=as_ada)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == content_type
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="paper-{number}.{ending}"'
        )
        assert "sandbox" in answer.headers["content-security-policy"]
    assert client.get(f"{path}/documents/1", headers=as_ada).content == PDF
    assert client.get(f"{path}/documents/3", headers=as_ada).json()["code"] == "paper_not_found"
    assert client.get(f"{path}/documents/x", headers=as_ada).status_code == 422
    seen = session.exec(select(AuditEntry).where(AuditEntry.action == "paper_seen")).all()
    assert len(seen) == 3
    assert {entry.subject_id for entry in seen} == {dana.id}


def test_a_paper_whose_file_is_lost_is_gone(
    client: TestClient, session: Session, dana: User, as_dana: dict[str, str],
    as_ada: dict[str, str],
) -> None:  # fmt: skip
    send(client, as_dana, PDF)
    [document] = session.exec(select(IdentityDocument))
    private_files().put(document.file_name, PDF)
    path = f"/api/v1/users/{dana.id}/verification/documents/1"
    assert client.get(path, headers=as_ada).status_code == 200
    (get_settings().private_dir / document.file_name).unlink()
    answer = client.get(path, headers=as_ada)
    assert (answer.status_code, answer.json()["code"]) == (404, "paper_not_found")


def test_ada_decides_once_and_dana_is_told(
    client: TestClient, session: Session, dana: User, as_dana: dict[str, str],
    as_ada: dict[str, str],
) -> None:  # fmt: skip
    path = f"/api/v1/users/{dana.id}/verify"
    yes, no = {"decision": "approve"}, {"decision": "reject", "why": "Too dark."}
    nothing = client.post(path, json=yes, headers=as_ada)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_decide")
    send(client, as_dana, PDF)
    assert client.post(path, json={"decision": "reject"}, headers=as_ada).status_code == 422
    said = client.post(path, json=no, headers=as_ada)
    assert (said.status_code, said.json()["status"], said.json()["why"]) == (
        200, "rejected", "Too dark.",
    )  # fmt: skip
    send(client, as_dana, PDF)
    assert client.post(path, json=yes, headers=as_ada).json()["status"] == "approved"
    profile = client.get(f"/api/v1/users/{dana.id}/profile").json()
    assert profile["identity_verified"] is True
    mails = session.exec(select(Email.kind).order_by(Email.kind)).all()
    assert list(mails) == ["identity_approved", "identity_rejected"]
    again = send(client, as_dana, PDF)
    assert (again.status_code, again.json()["code"]) == (409, "identity_known")


def test_nobody_sends_papers_without_an_account(client: TestClient) -> None:
    assert send(client, {}, PDF).status_code == 401
    assert client.get(MINE).status_code == 401
