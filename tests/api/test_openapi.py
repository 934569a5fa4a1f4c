"""What programs are told about the API."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from parkplace.api.described import known_codes
from parkplace.api.schemas.common import In
from parkplace.api.schemas.reports import ReportIn
from tests.api import raised
from tests.api.conftest import the_api

SNAPSHOT = Path(__file__).with_name("openapi.json")


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


def test_every_route_has_a_summary_and_a_name_of_its_own(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(schema)]
    assert len(set(names)) == len(names)
    for name, operation in operations(schema):
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", operation["operationId"]), name
        assert 5 < len(operation["summary"]) <= 120, name
        assert not operation["summary"].endswith("."), name


def test_every_route_says_who_may_ask(schema: dict[str, Any]) -> None:
    known = set(schema["components"]["securitySchemes"])
    for name, operation in operations(schema):
        assert {one for way in operation["security"] for one in way} <= known, name
        if "401" in operation["responses"] and "token" not in name:  # its own token is in the body
            assert operation["security"], name


def test_who_must_sign_in_is_told_apart_from_who_may(schema: dict[str, Any]) -> None:
    paths = schema["paths"]
    either = [{"bearer": []}, {"cookie": []}]
    assert paths["/api/v1/auth/me"]["get"]["security"] == either
    assert paths["/api/v1/bookings/{booking_id}"]["get"]["security"] == either
    assert paths["/api/v1/bookings"]["post"]["security"] == [{}, *either]
    assert paths["/api/v1/auth/login"]["post"]["security"] == []


def test_every_code_is_known(schema: dict[str, Any]) -> None:
    known = known_codes()["codes"]
    for name, operation in operations(schema):
        for status, answer in operation["responses"].items():
            for code in answer.get("x-codes", ()):
                assert known[code]["status"] == int(status), (name, code)
                assert f"| `{code}` | {status} |" in schema["info"]["description"]


def test_what_comes_with_a_caller_or_a_body_is_said(schema: dict[str, Any]) -> None:
    booking = schema["paths"]["/api/v1/bookings"]["post"]["responses"]
    assert "session_over" in booking["401"]["x-codes"]
    assert "cross_site" in booking["403"]["x-codes"]
    assert booking["413"]["x-codes"] == ["too_large"]
    assert booking["429"]["x-codes"] == ["too_many_attempts"]
    assert {"space_taken", "quote_expired"} <= set(booking["409"]["x-codes"])
    assert {"invalid", "period_past", "idempotency_key_reused"} <= set(booking["422"]["x-codes"])


def test_every_body_has_an_example_that_is_taken(schema: dict[str, Any]) -> None:
    shapes = {
        shape.__name__: shape
        for shape in (*inheriting(In), ReportIn)
        if shape.__module__ != __name__
    }
    seen = 0
    for name, operation in operations(schema):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            named = str(content["schema"]).partition("schemas/")[2].partition("'")[0]
            if kind == "application/json" and named:
                assert content["example"], name
                shapes[named].model_validate(content["example"])
                seen += 1
    assert seen >= 10


def inheriting(shape: type[BaseModel]) -> list[type[BaseModel]]:
    return [one for kind in shape.__subclasses__() for one in (kind, *inheriting(kind))]


def test_the_codes_are_those_of_the_code() -> None:
    assert raised.spelled() == raised.FILE.read_text(), (
        "The errors that routes may raise have changed. Write them down: make openapi"
    )


def test_nothing_changes_unseen(schema: dict[str, Any]) -> None:
    assert json.loads(SNAPSHOT.read_text()) == schema, (
        "The description of the API has changed. If that was meant: make openapi, "
        "and let the difference be reviewed."
    )


def test_the_first_slice_is_there(schema: dict[str, Any]) -> None:
    assert {name for name, _ in operations(schema)} == {
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/token/refresh",
        "POST /api/v1/auth/logout",
        "GET /api/v1/auth/me",
        "POST /api/v1/auth/2fa/setup",
        "POST /api/v1/auth/2fa/enable",
        "POST /api/v1/auth/2fa/disable",
        "POST /api/v1/auth/2fa/recovery-codes",
        "GET /api/v1/auth/oidc/{provider}/login",
        "GET /api/v1/auth/oidc/{provider}/callback",
        "GET /api/v1/auth/identities",
        "DELETE /api/v1/auth/identities/{identity_id}",
        "PATCH /api/v1/auth/me",
        "POST /api/v1/auth/email/verify",
        "POST /api/v1/auth/email/verify/resend",
        "POST /api/v1/auth/email/change/confirm",
        "POST /api/v1/auth/email/change/stop",
        "POST /api/v1/auth/password/reset",
        "POST /api/v1/auth/password/reset/confirm",
        "POST /api/v1/auth/password/change",
        "GET /api/v1/auth/sessions",
        "DELETE /api/v1/auth/sessions",
        "DELETE /api/v1/auth/sessions/{session_id}",
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
        "GET /api/v1/quotes/{quote_id}",
        "GET /api/v1/bookings",
        "POST /api/v1/bookings/links",
        "POST /api/v1/bookings",
        "GET /api/v1/bookings/{booking_id}",
        "PATCH /api/v1/bookings/{booking_id}",
        "POST /api/v1/bookings/{booking_id}/cancel",
        "POST /api/v1/bookings/{booking_id}/confirm",
        "POST /api/v1/bookings/{booking_id}/decline",
        "POST /api/v1/bookings/{booking_id}/checkin",
        "POST /api/v1/bookings/{booking_id}/checkout",
        "POST /api/v1/bookings/{booking_id}/resume-payment",
        "GET /api/v1/bookings/{booking_id}/receipt",
        "GET /api/v1/bookings/{booking_id}/events",
        "GET /api/v1/bookings/{booking_id}/calendar.ics",
        "POST /api/v1/payments/setup-intent",
        "POST /api/v1/payments/payment-intent",
        "POST /api/v1/payments/confirm",
        "GET /api/v1/payments/methods",
        "POST /api/v1/payments/methods",
        "DELETE /api/v1/payments/methods/{method_id}",
        "POST /api/v1/payments/methods/{method_id}/default",
        "GET /api/v1/payments/transactions",
        "GET /api/v1/payments/balance",
        "POST /api/v1/payments/payout",
        "GET /api/v1/payments/onboarding",
        "POST /api/v1/payments/onboarding",
        "GET /api/v1/dashboard/stats",
        "GET /api/v1/users/me/stats",
        "GET /api/v1/reports",
        "POST /api/v1/reports",
        "GET /api/v1/reports/{report_id}",
        "PATCH /api/v1/reports/{report_id}",
        "GET /api/v1/reports/status/{token}",
        "POST /api/v1/webhooks/stripe",
        "DELETE /api/v1/auth/me",
        "GET /api/v1/auth/me/export",
        "GET /api/v1/auth/me/audit",
        "GET /api/v1/audit",
        "GET /api/v1/users",
        "GET /api/v1/users/{user_id}",
        "PATCH /api/v1/users/{user_id}",
        "DELETE /api/v1/users/{user_id}",
        "GET /api/v1/users/{user_id}/profile",
        "PUT /api/v1/users/me/photo",
        "DELETE /api/v1/users/{user_id}/photo",
        "POST /api/v1/users/{user_id}/suspend",
        "POST /api/v1/users/{user_id}/reinstate",
        "GET /api/v1/users/me/verification",
        "POST /api/v1/users/me/verification",
        "GET /api/v1/users/{user_id}/verification",
        "GET /api/v1/users/{user_id}/verification/documents/{number}",
        "POST /api/v1/users/{user_id}/verify",
        "GET /api/v1/vehicles",
        "POST /api/v1/vehicles",
        "GET /api/v1/vehicles/{vehicle_id}",
        "PATCH /api/v1/vehicles/{vehicle_id}",
        "DELETE /api/v1/vehicles/{vehicle_id}",
        "GET /live",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
