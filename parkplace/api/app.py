"""The API as one app, to be put in front of the pages: `rx.App(api_transformer=make_api())`."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from parkplace.api import assets, browser, dev, docs_page, errors, live, metrics, operations
from parkplace.api.counted import Counted
from parkplace.api.described import describe, operation_id
from parkplace.api.edge import Edge
from parkplace.api.strict import Strict
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


def make_api() -> FastAPI:
    """Return the API with all its routes."""
    api = FastAPI(
        title="Park Place",
        version="1",
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=live.lifespan,
    )
    errors.install(api)
    strict = Strict()
    v1 = APIRouter(prefix="/api/v1", dependencies=[Depends(strict)])
    for resource in _RESOURCES:
        v1.include_router(resource.router)
    v1.include_router(dashboard.of_users)
    api.include_router(v1)
    api.include_router(live.router, dependencies=[Depends(strict)])
    for part in (operations, metrics, browser, assets, docs_page):
        api.include_router(part.router)
    api.include_router(dev.router(get_settings()))
    # Last: what is below /api and nobody's is not the pages' either.
    strict.learn(api.routes)
    nowhere = _nowhere(list(api.routes), strict)
    api.add_api_route("/api/{path:path}", nowhere, methods=_METHODS, include_in_schema=False)
    api.add_middleware(Counted)
    api.add_middleware(Edge)
    api.openapi = lambda: _openapi(api)
    return api


def templates(api: FastAPI) -> dict[object, str]:
    """Return the template of each route, such as `/api/v1/spaces/{space_id}`, by its function."""
    return {
        route.endpoint: route.path_format
        for route in iter_route_contexts(api.routes)
        if route.endpoint is not None and route.path_format is not None
    }


def _nowhere(routes: list[BaseRoute], strict: Strict) -> Callable[[Request], Awaitable[Response]]:
    """Return the answer for addresses below /api that no route has, with this method or any.

    One that only has a slash too many is led to the right one, with its method and body.
    """

    async def nowhere(request: Request) -> Response:
        path = request.scope["path"].rstrip("/")
        if path != request.scope["path"] and any(
            _takes(route, {**request.scope, "path": path}, request.method) for route in routes
        ):
            query = request.url.query
            return RedirectResponse(f"{path}?{query}" if query else path, 308)
        allowed = strict.methods(request.url.path) or [
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
        api.openapi_schema = describe(api)
    return api.openapi_schema
