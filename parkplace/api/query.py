"""Query strings read into a shape, for the routes that are asked most.

FastAPI can do the same; finding out anew at each request which parameters are lists, it takes
longer over a dozen of them than the database does over the search.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)


def query(shape: type[Shape]) -> Callable[[Request], Awaitable[Shape]]:
    """Return the dependency that reads a shape; a parameter given twice must be a list in it."""
    lists = {name for name, schema in _properties(shape).items() if schema.get("type") == "array"}

    async def read(request: Request) -> Shape:
        given: dict[str, Any] = {}
        for name, value in request.query_params.multi_items():
            if name in lists or name in given:
                # Twice what is no list becomes one all the same, and the shape refuses it.
                given[name] = [*_as_list(given.get(name, [])), value]
            else:
                given[name] = value
        try:
            return shape.model_validate(given)
        except ValidationError as error:
            found = error.errors(include_url=False)
            at_fault = [{**item, "loc": ("query", *item["loc"])} for item in found]
            raise RequestValidationError(at_fault) from error

    return read


def parameters(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the parameters of a shape as OpenAPI describes them, for `openapi_extra`."""
    needed = shape.model_json_schema().get("required", [])
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in needed,
                "description": schema.pop("description", ""),
                "schema": schema,
            }
            for name, schema in _properties(shape).items()
        ]
    }


def _properties(shape: type[BaseModel]) -> dict[str, Any]:
    schema = shape.model_json_schema()
    return _inlined(schema["properties"], schema.get("$defs", {}))


def _inlined(schema: Any, known: dict[str, Any]) -> Any:  # noqa: ANN401 - a tree of JSON
    if isinstance(schema, dict):
        if "$ref" in schema:
            return known[schema["$ref"].rpartition("/")[2]]
        return {name: _inlined(part, known) for name, part in schema.items()}
    return [_inlined(part, known) for part in schema] if isinstance(schema, list) else schema


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
