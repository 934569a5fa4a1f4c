"""Nothing is taken that a route does not know: a misspelled parameter is refused, not ignored.

Shapes of JSON see to that themselves (`In`); this looks at query strings and forms.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_WHATEVER = "takes_whatever"


def takes_whatever(endpoint: Endpoint) -> Endpoint:
    """Let a route be asked with parameters it does not know, where others decide what is sent."""
    vars(endpoint)[_WHATEVER] = True
    return endpoint


@dataclass(frozen=True, slots=True)
class Known:
    """The names a route takes in its query string (None: any), and in its form if it has one."""

    query: frozenset[str] | None
    form: frozenset[str] | None


class Strict:
    """A dependency that refuses what the route being asked does not know."""

    def __init__(self) -> None:
        self._known: dict[Callable[..., Any], Known] = {}
        self._methods: dict[str, set[str]] = {}

    def learn(self, routes: Sequence[BaseRoute]) -> None:
        """Note what each route takes; for when all of them are there."""
        for route in iter_route_contexts(routes):
            if isinstance(route.original_route, APIRoute) and route.endpoint is not None:
                self._known[route.endpoint] = Known(_query(route), _form(route))
                self._methods.setdefault(str(route.path), set()).update(route.methods or ())

    def methods(self, path: str) -> list[str]:
        """Return what an address without an id in it takes; nothing when there is no such."""
        return sorted(self._methods.get(path, ()))

    async def __call__(self, request: Request) -> None:
        """Look at one request.

        Raises:
            RequestValidationError: With each name that is not known.
            HTTPException: 405, where an address of its own was taken for one with an id in it:
                `PATCH spaces/pins` is not about a space called pins.
        """
        methods = self.methods(request.url.path)
        if methods and request.method not in methods:
            raise HTTPException(405, headers={"Allow": ", ".join(methods)})
        known = self._known[request.scope["endpoint"]]
        if request.scope["query_string"] and known.query is not None:
            _require("query", request.query_params.keys(), known.query)
        if known.form is not None:
            _require("body", (await request.form()).keys(), known.form)


def _require(where: str, given: Iterable[str], known: frozenset[str]) -> None:
    strange = [
        {"type": "extra_forbidden", "loc": (where, name), "msg": "", "input": None}
        for name in sorted(set(given) - known)
    ]
    if strange:
        raise RequestValidationError(strange)


def _query(route: RouteContext) -> frozenset[str] | None:
    if vars(route.endpoint).get(_WHATEVER, False):
        return None
    # Routes that read their query themselves say what they take in words of their own.
    said = (route.openapi_extra or {}).get("parameters", ())
    names = {one["name"] for one in said if one["in"] == "query"}
    asked: list[Dependant] = [route.dependant]
    while asked:
        part = asked.pop()
        asked += part.dependencies
        for field in part.query_params:
            names |= _names(field.field_info.annotation) or {field.alias}
    return frozenset(names)


def _form(route: RouteContext) -> frozenset[str] | None:
    field = route.body_field
    if field is None or not isinstance(field.field_info, params.Form):
        return None
    return frozenset(_names(field.field_info.annotation))


def _names(shape: Any) -> set[str]:  # noqa: ANN401 - whatever stands in an annotation
    """Return what the fields of a shape are called outside; nothing when it is no shape."""
    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        return set()
    return {field.alias or name for name, field in shape.model_fields.items()}
