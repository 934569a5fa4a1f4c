"""An example of each body, made from its description, so that none is missing and none gets old."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_ID = "0192f0c1-7a3e-7c51-9f0a-3b8d2e6c4a10"
# These stand in an example even where they may be left out.
_ALWAYS = {"starts_at", "ends_at", "space_id", "email"}
# What says more than its type does.
_BY_NAME: dict[str, Any] = {
    "starts_at": "2026-11-21T09:00:00-05:00",
    "ends_at": "2026-11-21T12:00:00-05:00",
    "space_id": _ID,
    "email": "dana@example.com",
    "password": "four unrelated words together",
    "title": "St Marks Place garage",
    "why": "My plans have changed.",
    "answer": "The vehicle was towed.",
}
_BY_FORMAT: dict[str, Any] = {
    "uuid": _ID,
    "date-time": "2026-11-21T09:00:00-05:00",
    "date": "2026-11-21",
    "binary": "(a file)",
}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "string": "text"}


def example(schema: Schema, shapes: Mapping[str, Schema]) -> Any:  # noqa: ANN401 - any JSON
    """Return what a body of a schema may look like.

    Args:
        schema: The schema, as OpenAPI has it.
        shapes: `components/schemas`, to which it refers.
    """
    if "$ref" in schema:
        return example(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    said = [*schema.get("examples", ()), *schema.get("enum", ())]
    if said or "const" in schema:
        return said[0] if said else schema["const"]
    for choice in schema.get("anyOf", schema.get("oneOf", ())):
        if choice.get("type") != "null":
            return example(choice, shapes)
    if schema.get("type") == "object" or "properties" in schema:
        return _object(schema, shapes)
    if schema.get("type") == "array":
        return [example(schema["items"], shapes)] if "items" in schema else []
    return _plain(schema)


def _object(schema: Schema, shapes: Mapping[str, Schema]) -> dict[str, Any]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    said = {
        name: _BY_NAME[name] if name in _BY_NAME else example(part, shapes)
        for name, part in properties.items()
        # The same thing said in another way is said once.
        if name.removesuffix("_local") not in properties.keys() - {name}
    }
    needed = _ALWAYS.union(schema.get("required", ()))
    chosen = [name for name in said if name in needed or "examples" in properties[name]]
    # A change of nothing is no example of one.
    return {name: said[name] for name in chosen or list(said)[:1]}


def _plain(schema: Schema) -> Any:  # noqa: ANN401
    if "contentMediaType" in schema:
        return _BY_FORMAT["binary"]
    if "format" in schema and schema["format"] in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    if schema.get("type") == "integer":
        return max(1, schema.get("minimum", 1))
    return _BY_TYPE.get(str(schema.get("type")))
