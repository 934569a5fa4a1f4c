"""The description of the whole API (OpenAPI 3.1): what FastAPI knows, completed.

FastAPI knows shapes and statuses. Added here, for every route alike: a summary, who may ask, the
errors that come with knowing a caller or reading a body, the codes of each error, and an example of
each body.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel

from parkplace.api import deps
from parkplace.api.examples import example
from parkplace.api.problems import CODES, Problem, described_problem
from parkplace.api.schemas.reports import ReportFormIn, ReportIn
from parkplace.core.limits import TooMany

Json = dict[str, Any]

# Shapes that routes name in words of their own, so that FastAPI does not know of them.
_SAID_BY_NAME: tuple[type[BaseModel], ...] = (Problem, ReportIn, ReportFormIn)
_LEFT_OVER = ("HTTPValidationError", "ValidationError")
_LIMITED = "/api/v1/"
_WEBHOOKS = "/api/v1/webhooks/"
_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": "parkplace",
    "description": "The session of a browser, for our own pages; over https `__Host-parkplace`.",
}
_SAFE = {"get", "head"}
# What the edge says with a status by itself, besides what comes from the domain.
_FIXED = {400: ("bad_request",), 413: ("too_large",), 422: ("invalid",), 429: (TooMany.code,)}
DESCRIPTION = """
Everything a page of Park Place can do, a program can do here.

Send `Authorization: Bearer <access_token>`; guests send the `manage_token` of their booking. Pages
of our own use the session cookie. Instants carry an offset, money is in minor units, lists come in
pages, and what a route does not know is refused.

Every answer names its request in `X-Request-ID`; send one of your own and it is kept. Below
`/api/v1` the fields `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) say
how much may still be asked; a refusal adds `Retry-After`.

Every error is a problem (RFC 9457) with a stable `code`. An unexpected one is `500 unexpected`,
with the number of the incident to quote.

| code | status | meaning |
|---|---|---|
"""
TAGS = {
    "auth": "Signing up, in and out; one's own account.",
    "users": "Who there is: profiles, papers, and what admins decide.",
    "vehicles": "What somebody drives.",
    "spaces": "Finding, listing and changing places to park.",
    "bookings": "Prices, holds, stays.",
    "payments": "Cards, what money moved, and what hosts are paid.",
    "dashboard": "Figures by period.",
    "reports": "What somebody states about a vehicle.",
    "live": "Hearing that something changed.",
    "webhooks": "What Stripe tells us.",
    "operations": "For those who run it.",
}


def operation_id(route: APIRoute) -> str:
    """Return the name that generated clients call a route by: its module's and its function's."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"


def describe(api: FastAPI) -> Json:
    """Return the description of an app's API."""
    described = get_openapi(
        title=api.title,
        version=api.version,
        description=DESCRIPTION + "\n".join(_rows()),
        routes=api.routes,
    )
    shapes = described["components"]["schemas"]
    for shape in _SAID_BY_NAME:
        made = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes |= made.pop("$defs", {})
        shapes[shape.__name__] = made
    for left_over in _LEFT_OVER:
        shapes.pop(left_over, None)
    for name, shape in shapes.items():
        if name.startswith("Body_"):  # a form that FastAPI made a shape of; `strict` sees to it
            shape["additionalProperties"] = False
    for route in _routes(api):
        for method in route.methods or ():
            operation = described["paths"][route.path_format][method.lower()]
            _complete(operation, route, method=method.lower(), shapes=shapes)
    described["components"]["securitySchemes"]["cookie"] = _COOKIE
    described["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    return described


def _complete(operation: Json, route: RouteContext, *, method: str, shapes: Json) -> None:
    calls = set(_calls(route.dependant))
    operation["summary"] = operation["description"].partition(". ")[0].partition("\n")[0].strip(".")
    if operation.get("security") == [{"bearer": []}]:
        must = deps.signed_in in calls or deps.someone in calls
        operation["security"] = ([] if must else [{}]) + [{"bearer": []}, {"cookie": []}]
    else:
        operation.setdefault("security", [])
    answers: Json = operation["responses"]
    for status in _always(operation, calls, method=method, path=str(route.path_format)):
        answers.setdefault(str(status), described_problem(status, []))
    derived = known_codes()["operations"].get(operation["operationId"], [])
    for status, answer in answers.items():
        codes = {code for code in derived if known_codes()["codes"][code]["status"] == int(status)}
        codes |= {*answer.pop(CODES, ()), *_FIXED.get(int(status), ())}
        if int(status) >= 400 and (not answer.get("content") or _is_fastapis(answer)):  # noqa: PLR2004
            answer["content"] = described_problem(int(status), [])["content"]
        if codes and int(status) >= 400:  # noqa: PLR2004
            answer[CODES] = sorted(codes)
    operation["responses"] = dict(sorted(answers.items()))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content.setdefault("example", example(content["schema"], shapes))


def _always(operation: Json, calls: set[Any], *, method: str, path: str) -> Iterator[int]:
    """Give the statuses that come with what a route takes, whatever it does."""
    if path.startswith(_LIMITED):
        yield 422  # a parameter that nobody knows
        if not path.startswith(_WEBHOOKS):
            yield 429
    if deps.asking in calls:
        yield 401  # a token that is over
        if method not in _SAFE:
            yield 403  # our cookie, sent by another site's page
    if "requestBody" in operation:
        yield from (400, 413)


def _is_fastapis(answer: Json) -> bool:
    """Whether an answer is FastAPI's own 422, which here is a problem like any other."""
    return "HTTPValidationError" in json.dumps(answer)


def _routes(api: FastAPI) -> Iterator[RouteContext]:
    for route in iter_route_contexts(api.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            yield route


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    yield dependant.call
    for part in dependant.dependencies:
        yield from _calls(part)


def _rows() -> Iterator[str]:
    for code, one in known_codes()["codes"].items():
        yield f"| `{code}` | {one['status']} | {one['meaning']} |"


@cache
def known_codes() -> Json:
    """Return what `make openapi` read out of the code: each code, and those of each operation."""
    return json.loads((files("parkplace.api") / "codes.json").read_text())
