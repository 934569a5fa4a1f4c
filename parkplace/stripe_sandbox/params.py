"""Reading form bodies, and refusing what the installed library's own types do not name.

The `stripe` package describes every request as a typed dictionary. The sandbox reads those at run
time, so that a parameter Stripe has dropped, or one with a typing mistake, fails here as it would
there.
"""

import re
import sys
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin
from urllib.parse import parse_qsl

import typing_extensions

from parkplace.stripe_sandbox.errors import ApiError, Json

# What the typed dictionaries carry for the library itself and never send.
_OPTION_NAMES = {
    "api_key",
    "content_type",
    "headers",
    "idempotency_key",
    "max_network_retries",
    "stripe_account",
    "stripe_context",
    "stripe_version",
}
_KEY = re.compile(r"([^\[\]]+)|\[([^\[\]]*)\]")
_METADATA_KEYS, _METADATA_KEY_LENGTH, _METADATA_VALUE_LENGTH = 50, 40, 500
_PAGE = range(1, 101)


def decode(form: str) -> Json:
    """Return the nested values of a form: `a[b]=c` and `a[0]=b`, each leaf a string."""
    root: Json = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        parts = [first or inner for first, inner in _KEY.findall(name)]
        here = root
        for part in parts[:-1]:
            below = here.setdefault(part, {})
            if not isinstance(below, dict):
                raise ApiError(f"Invalid object: {name}", param=name)
            here = below
        here[parts[-1] or str(len(here))] = value
    return root


@cache
def _fields(shape: type) -> dict[str, Any]:
    """Return the parameters a typed dictionary names, with their types resolved."""
    named = {k: v for k, v in shape.__annotations__.items() if k not in _OPTION_NAMES}
    holder = type("Fields", (), {"__annotations__": named})
    scope = vars(sys.modules[shape.__module__])
    # Without extras, `NotRequired[…]` is left out: what is required stands in `__required_keys__`.
    return typing_extensions.get_type_hints(holder, globalns=scope)


def check(shape: type, given: Mapping[str, Any], *, uses: frozenset[str]) -> Json:
    """Return `given` with its values in the types that `shape` declares.

    Args:
        shape: The library's typed dictionary for this request.
        given: What `decode` returned.
        uses: The parameters that the sandbox acts on. Others that Stripe knows are refused too,
            because ignoring one would be a lie.

    Raises:
        ApiError: A parameter is unknown, missing, of the wrong type, or not one the sandbox knows.
    """
    checked = _check_object(shape, given, path="")
    for name in checked:
        if name not in uses:
            raise ApiError(
                f"The Stripe sandbox does not do `{name}` here; Stripe itself does.",
                code="sandbox_not_implemented",
                param=name,
            )
    if checked.get("limit", 1) not in _PAGE:
        raise ApiError("Limit must be between 1 and 100.", param="limit")
    _check_metadata(checked.get("metadata"))
    return checked


def _check_object(shape: type, given: Mapping[str, Any], *, path: str) -> Json:
    fields = _fields(shape)
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    for name in given:
        if name not in fields:
            full = _join(path, name)
            message = f"Received unknown parameter: {full}"
            raise ApiError(message, code="parameter_unknown", param=full)
    for name in fields:
        if name in required and name not in given:
            full = _join(path, name)
            message = f"Missing required param: {full}."
            raise ApiError(message, code="parameter_missing", param=full)
    return {name: _value(fields[name], raw, path=_join(path, name)) for name, raw in given.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _refuse(kind: str, path: str, value: object) -> NoReturn:
    code = "parameter_invalid_integer" if kind == "integer" else None
    raise ApiError(f"Invalid {kind}: {value}", param=path, code=code)


def _value(hint: Any, raw: Any, *, path: str) -> Any:  # noqa: ANN401 - types are the data here
    origin = get_origin(hint)
    if origin in (Union, UnionType, Literal):
        return _one_of((hint,) if origin is Literal else get_args(hint), raw, path=path)
    if origin is list:
        return _list(get_args(hint)[0], raw, path=path)
    if origin is dict or not isinstance(hint, type):
        return _texts(raw, path=path)
    if typing_extensions.is_typeddict(hint):
        if not isinstance(raw, dict):
            _refuse("object", path, raw)
        return _check_object(hint, raw, path=path)
    return _scalar(hint, raw, path=path)


def _scalar(hint: type, raw: Any, *, path: str) -> str | int | bool:  # noqa: ANN401
    if not isinstance(raw, str):
        _refuse("string", path, raw)
    if hint is bool:
        if raw not in {"true", "false"}:
            _refuse("boolean", path, raw)
        return raw == "true"
    if hint is int:
        if not re.fullmatch(r"-?\d{1,18}", raw):
            _refuse("integer", path, raw)
        return int(raw)
    if not raw:
        raise ApiError(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{path}' cannot be unset.",
            code="parameter_invalid_empty",
            param=path,
        )
    return raw


def _one_of(choices: tuple[Any, ...], raw: Any, *, path: str) -> Any:  # noqa: ANN401
    words = {
        word for choice in choices if get_origin(choice) is Literal for word in get_args(choice)
    }
    others = [choice for choice in choices if get_origin(choice) is not Literal]
    if isinstance(raw, str) and raw in words:
        return raw
    # `Literal[…] | str` leaves room for words that later versions add; this version knows its own.
    if words - {""} and str in others:
        others.remove(str)
    for choice in others:
        try:
            return _value(choice, raw, path=path)
        except ApiError:
            if choice is others[-1]:
                raise
    raise ApiError(f"Invalid {path}: must be one of {', '.join(sorted(words))}", param=path)


def _list(hint: Any, raw: Any, *, path: str) -> list[Any]:  # noqa: ANN401
    if not isinstance(raw, dict) or not all(key.isdigit() for key in raw):
        _refuse("array", path, raw)
    items = sorted(raw.items(), key=lambda item: int(item[0]))
    return [_value(hint, value, path=f"{path}[{key}]") for key, value in items]


def _texts(raw: Any, *, path: str) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        _refuse("hash", path, raw)
    return raw


def _check_metadata(metadata: dict[str, str] | str | None) -> None:
    if not isinstance(metadata, dict):
        return
    if len(metadata) > _METADATA_KEYS:
        raise ApiError("Metadata can have at most 50 keys.", param="metadata")
    for key, value in metadata.items():
        if len(key) > _METADATA_KEY_LENGTH or len(value) > _METADATA_VALUE_LENGTH:
            raise ApiError(
                f"Metadata keys have at most 40 characters and values 500: {key[:40]}",
                param=f"metadata[{key[:40]}]",
            )


def merged(old: dict[str, str], given: dict[str, str] | str | None) -> dict[str, str]:
    """Return metadata after an update: an empty value unsets a key, an empty string all of them."""
    if given is None:
        return old
    if isinstance(given, str):
        return {}
    return {key: value for key, value in {**old, **given}.items() if value}
