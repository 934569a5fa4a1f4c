"""The API as one app, to be put in front of the pages: `rx.App(api_transformer=make_api())`."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from parkplace.api import assets, browser, dev, docs_page, errors, live, operations
from parkplace.api.counted import Counted
from parkplace.api.edge import Edge
from parkplace.api.problems import Problem
from parkplace.api.schemas.reports import ReportIn
from parkplace.api.v1 import (
    audit,
    auth,
    availability,
    bookings,
    dashboard,
    identity,
    letters,
    me,
    openid,
    own,
    payments,
    payouts,
    places,
    quotes,
    reports,
    sessions,
    spaces,
    tags,
    two_factor,
    users,
    vehicles,
    webhooks,
)
from parkplace.core.settings import get_settings

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# In the order in which the documentation shows them; the first route that fits an address takes it.
_RESOURCES = (
    *(auth, me, own, sessions, letters, two_factor, openid),
    *(users, identity, vehicles, audit),
    *(spaces, availability, tags, places),
    *(quotes, bookings, payments, payouts, reports, dashboard, webhooks),
)
# Shapes that routes name in words of their own, so that FastAPI does not know of them.
_SAID_BY_NAME = (Problem, ReportIn)
_DESCRIPTION = """
Everything a page of Park Place can do, a program can do here.

Send `Authorization: Bearer <access_token>`; guests send the `manage_token` of their booking.
Instants carry an offset, money is in minor units, lists come in pages. Every error is a problem
(RFC 9457) with a stable `code`.
"""


def make_api() -> FastAPI:
    """Return the API with all its routes."""
    api = FastAPI(
        title="Park Place",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=live.lifespan,
    )
    errors.install(api)
    v1 = APIRouter(prefix="/api/v1")
    for resource in _RESOURCES:
        v1.include_router(resource.router)
    v1.include_router(dashboard.of_users)
    api.include_router(v1)
    for part in (live, operations, browser, assets, docs_page):
        api.include_router(part.router)
    api.include_router(dev.router(get_settings()))
    # Last: what is below /api and nobody's is not the pages' either.
    nowhere = _nowhere(list(api.routes))
    api.add_api_route("/api/{path:path}", nowhere, methods=_METHODS, include_in_schema=False)
    api.add_middleware(Counted)
    api.add_middleware(Edge)
    api.openapi = lambda: _openapi(api)
    return api


def _nowhere(routes: list[BaseRoute]) -> Callable[[Request], Awaitable[None]]:
    """Return the answer for addresses below /api that no route has, with this method or any."""

    async def nowhere(request: Request) -> None:
        allowed = [
            method
            for method in _METHODS
            if any(_takes(route, request.scope, method) for route in routes)
        ]
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        raise HTTPException(404)

    return nowhere


def _takes(route: BaseRoute, scope: Scope, method: str) -> bool:
    return route.matches({**scope, "method": method})[0] is Match.FULL


def _openapi(api: FastAPI) -> dict[str, Any]:
    if api.openapi_schema is None:
        schema = get_openapi(
            title=api.title, version=api.version, description=api.description, routes=api.routes
        )
        shapes = schema["components"]["schemas"]
        for shape in _SAID_BY_NAME:
            made = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            shapes |= made.pop("$defs")
            shapes[shape.__name__] = made
        _say_problem(schema)
        api.openapi_schema = schema
    return api.openapi_schema


def _say_problem(schema: dict[str, Any]) -> None:
    """Describe FastAPI's own 422 as what it is here: a problem like any other."""
    content = {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in schema["paths"].values():
        for operation in path.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"]["content"] = content
    for left_over in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(left_over, None)
