"""Nothing is taken that no route knows, and a slash too many does no harm."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.accounts.service import register
from parkplace.api.app import make_api
from tests import factories as make
from tests.api.conftest import As
from tests.factories import NOW

# What Stripe and providers of sign-in send is theirs to say; the others are not the API's own.
NOT_OURS = {
    "/api/v1/webhooks/stripe",
    "/api/v1/auth/oidc/{provider}/callback",
    *("/healthz", "/readyz", "/metrics"),
}
DESCRIBED = make_api().openapi()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
    if path not in NOT_OURS
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]
SOME_ID = "0192f0c1-0000-7000-8000-000000000000"


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    named = schema.get("$ref", "").rpartition("/")[2]
    return DESCRIBED["components"]["schemas"][named] if named else schema


def objects(schema: dict[str, Any], seen: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Every object that a schema lets in, at whatever depth."""
    name = schema.get("$ref", "")
    if name in seen:
        return []
    schema, seen = resolved(schema), seen | {name} - {""}
    inner = [*schema.get("properties", {}).values(), *schema.get("prefixItems", ())]
    inner += [part for kind in ("anyOf", "oneOf", "allOf") for part in schema.get(kind, ())]
    inner += [schema["items"]] if "items" in schema else []
    found = [schema] if schema.get("type") == "object" else []
    return found + [one for part in inner for one in objects(part, seen)]


def of_path(path: str) -> str:
    return "/".join(SOME_ID if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_body_is_described_to_the_last_field(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        taken = objects(content["schema"])
        assert taken, (method, path, kind)
        for schema in taken:
            assert schema.get("additionalProperties") is False, (method, path, schema.get("title"))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_route_refuses_a_parameter_that_nobody_knows(
    client: TestClient, method: str, path: str, operation: dict[str, Any]
) -> None:
    answer = client.request(method, of_path(path), params={"nonsense": "1", "Limit": "2"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    refused = {found["path"] for found in answer.json()["errors"]}
    assert {"Limit", "nonsense"} <= refused
    assert "422" in operation["responses"]
    assert "There is no such field" in answer.text


def test_every_form_refuses_a_field_that_nobody_knows(
    client: TestClient, session: Session, as_: As
) -> None:
    owen = make.owen(session)
    garage = make.space(session, owen)
    answer = client.post(
        f"/api/v1/spaces/{garage.id}/photos",
        data={"caption": "The gate", "captoin": "x"},
        files={"photo": b"x"},
        headers=as_(owen),
    )
    assert answer.status_code == 422
    assert [found["path"] for found in answer.json()["errors"]] == ["captoin"]


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_an_address_of_its_own_is_not_taken_for_an_id(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/spaces/pins")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("given", "led_to"),
    [
        ("/api/v1/spaces/", "/api/v1/spaces"),
        ("/api/v1/spaces//", "/api/v1/spaces"),
        ("/api/v1/spaces/?lat=1&lng=2%2B3", "/api/v1/spaces?lat=1&lng=2%2B3"),
        (f"/api/v1/spaces/{SOME_ID}/", f"/api/v1/spaces/{SOME_ID}"),
        ("/api/docs/", "/api/docs"),
    ],
)
def test_a_slash_too_many_leads_to_the_right_address(
    client: TestClient, given: str, led_to: str
) -> None:
    answer = client.get(given, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, led_to)


def test_a_body_comes_along(client: TestClient, session: Session) -> None:
    register(session, email="dana@example.com", name="Dana", password="plum harbour 9", now=NOW)
    session.commit()
    login = {"email": "dana@example.com", "password": "plum harbour 9"}
    assert client.post("/api/v1/auth/login/", json=login).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing/", 404),
        ("GET", "/api/", 404),
        ("GET", "/api//evil.example/", 404),
        ("DELETE", "/api/v1/quotes/", 404),
    ],
)
def test_where_there_is_nothing_nobody_is_led(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert "location" not in answer.headers
