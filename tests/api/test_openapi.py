"""What programs are told about the API."""

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.conftest import the_api


@pytest.fixture
def schema() -> dict[str, Any]:
    return the_api().openapi()


def operations(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(schema).validate()


def test_every_shape_that_is_named_is_there(schema: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schema)))
    assert named <= set(schema["components"]["schemas"])


def test_every_route_says_what_it_does(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        assert operation.get("description"), name
        assert operation["description"].rstrip().endswith((".", "`")), name


def test_every_error_is_a_problem(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        for status, answer in operation["responses"].items():
            if status[0] in "45" and not (name == "GET /readyz" and status == "503"):
                assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_every_route_that_takes_something_may_refuse_it(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        if operation.get("parameters") or "requestBody" in operation:
            refuses = {"422", "400", "404"} & set(operation["responses"])
            assert refuses, name


def test_names_are_snake_case(schema: dict[str, Any]) -> None:
    for name, shape in schema["components"]["schemas"].items():
        for field in shape.get("properties", {}):
            assert field == field.lower(), (name, field)


def test_the_first_slice_is_there(schema: dict[str, Any]) -> None:
    assert {name for name, _ in operations(schema)} == {
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/token/refresh",
        "POST /api/v1/auth/logout",
        "GET /api/v1/auth/me",
        "GET /api/v1/spaces",
        "POST /api/v1/spaces",
        "GET /api/v1/spaces/pins",
        "GET /api/v1/spaces/nearby",
        "GET /api/v1/spaces/{space_id}",
        "PATCH /api/v1/spaces/{space_id}",
        "DELETE /api/v1/spaces/{space_id}",
        "POST /api/v1/spaces/{space_id}/publish",
        "POST /api/v1/spaces/{space_id}/pause",
        "POST /api/v1/spaces/{space_id}/photos",
        "PATCH /api/v1/spaces/{space_id}/photos",
        "DELETE /api/v1/spaces/{space_id}/photos/{photo_id}",
        "GET /api/v1/spaces/{space_id}/availability",
        "PUT /api/v1/spaces/{space_id}/availability",
        "GET /api/v1/spaces/{space_id}/calendar",
        "GET /api/v1/spaces/{space_id}/bookings",
        "GET /api/v1/tags",
        "GET /api/v1/places",
        "POST /api/v1/quotes",
        "GET /api/v1/bookings",
        "POST /api/v1/bookings",
        "GET /api/v1/bookings/{booking_id}",
        "PATCH /api/v1/bookings/{booking_id}",
        "POST /api/v1/bookings/{booking_id}/cancel",
        "POST /api/v1/bookings/{booking_id}/confirm",
        "POST /api/v1/bookings/{booking_id}/decline",
        "POST /api/v1/bookings/{booking_id}/checkout",
        "POST /api/v1/bookings/{booking_id}/resume-payment",
        "GET /api/v1/bookings/{booking_id}/receipt",
        "GET /api/v1/bookings/{booking_id}/events",
        "GET /api/v1/bookings/{booking_id}/calendar.ics",
        "GET /api/v1/reports",
        "POST /api/v1/reports",
        "PATCH /api/v1/reports/{report_id}",
        "GET /api/v1/reports/status/{token}",
        "POST /api/v1/webhooks/stripe",
        "GET /live",
        "GET /healthz",
        "GET /readyz",
    }
