"""Every error has the same shape, whoever raises it."""

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from parkplace.accounts.tokens import SessionOver
from parkplace.api import errors
from parkplace.api.edge import JSON_MOST, UPLOAD_MOST, Edge
from parkplace.api.schemas.common import In
from parkplace.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Payment,
)
from parkplace.core.limits import TooMany
from parkplace.front.front import Front


class Typed(In):
    word: str
    number: int = 0


@pytest.fixture
def app() -> FastAPI:
    api = FastAPI()
    errors.install(api)
    api.add_middleware(Edge)

    @api.post("/api/typed")
    def typed(body: Typed) -> Typed:
        return body

    @api.post("/page")
    def page(body: Typed) -> Typed:
        return body

    return api


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("No such thing."), 404),
        (Forbidden("Not yours."), 403),
        (Conflict("Too late."), 409),
        (Invalid("Not a plate.", field="plate"), 422),
        (Payment("Declined."), 402),
        (SessionOver("Sign in again."), 401),
        (TooMany(retry_after=7), 429),
    ],
)
def test_each_kind_has_its_status(
    app: FastAPI, client: TestClient, error: DomainError, status: int
) -> None:
    @app.get("/api/fails")
    def fails() -> None:
        raise error

    answer = client.get("/api/fails")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert (said["code"], said["detail"]) == (error.code, error.message)
    assert said["type"] == "about:blank"
    assert said["title"]
    assert [found["path"] for found in said["errors"]] == ([error.field] if error.field else [])


def test_too_many_says_when_to_come_back(app: FastAPI, client: TestClient) -> None:
    @app.get("/api/fails")
    def fails() -> None:
        raise TooMany(retry_after=7)

    assert client.get("/api/fails").headers["retry-after"] == "7"


def test_what_nobody_expected_names_an_incident_and_nothing_else(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/api/fails")
    def fails() -> None:
        raise RuntimeError("the secret is 4711")

    with caplog.at_level(logging.ERROR):
        answer = TestClient(Front(app)).get("/api/fails", headers={"X-Request-ID": "mine"})
    assert answer.status_code == 500
    assert "4711" not in answer.text
    details = answer.json()["details"]
    assert f"incident {details['incident']}" in caplog.text
    assert details["request_id"] == answer.headers["x-request-id"] == "mine"


def test_a_field_at_fault_is_named_by_its_path_and_not_repeated(client: TestClient) -> None:
    answer = client.post("/api/typed", json={"word": 4711, "nonsense": "4712"})
    assert answer.status_code == 422
    said = answer.json()
    assert said["code"] == "invalid"
    assert {found["path"] for found in said["errors"]} == {"word", "nonsense"}
    assert "471" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[]",
        b'"word"',
        b'{"word": "a\\u0000b"}',
        b'{"word": "\\ud800"}',
        b'{"word": "a", "\\ud800": 1}',
        b'{"word": "a", "number": ' + b"9" * 5000 + b"}",
        b'{"word": "a", "number": 1e400}',
        b'{"word": "a", "number": NaN}',
        b'{"word": "a", "number": Infinity}',
        b'{"word": "a", "number": 1.5}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"",
    ],
)
def test_no_body_makes_the_server_fail(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/typed", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_json_without_its_content_type_is_refused(client: TestClient) -> None:
    answer = client.post("/api/typed", content=b'{"word": "a"}')
    assert answer.status_code == 422
    answer = client.post(
        "/api/typed", content=b'{"word": "a"}', headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 422


def test_nul_in_an_address_is_refused(client: TestClient) -> None:
    assert client.get("/api/typed?q=a%00b").status_code == 422
    assert client.get("/api/ty%00ped").status_code == 422


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/api/typed", json={"word": "a" * JSON_MOST})
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_a_body_that_says_nothing_of_its_length_is_counted(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"word": "'
        for _ in range(20):
            yield b"a" * (JSON_MOST // 10)
        yield b'"}'

    json_type = {"Content-Type": "application/json"}
    answer = client.post("/api/typed", content=pieces(), headers=json_type)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_uploads_may_be_larger_but_not_by_much(client: TestClient) -> None:
    fits = {"file": b"a" * (UPLOAD_MOST - 10_000)}
    assert client.post("/api/typed", files=fits).status_code == 422
    assert client.post("/api/typed", files={"file": b"a" * UPLOAD_MOST}).status_code == 413


def test_pages_behind_the_api_are_left_alone(client: TestClient) -> None:
    large = {"word": "a" * 2 * JSON_MOST}
    assert client.post("/page", json=large).status_code == 200


def test_problems_are_json_that_any_program_reads(client: TestClient) -> None:
    answer = client.post("/api/typed", json={"word": "a", "<b>": "a"})
    assert json.loads(answer.text)["errors"][0]["path"] == "<b>"
