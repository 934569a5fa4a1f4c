"""Every error in one shape: `application/problem+json` (RFC 9457).

Kinds of domain errors become statuses; a `code` tells single errors apart. Nothing of what was
sent is sent back, because it may be a password.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from parkplace.accounts.tokens import SessionOver
from parkplace.api.etags import ChangedMeanwhile
from parkplace.core import logs
from parkplace.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Payment,
)
from parkplace.core.limits import TooMany

MEDIA_TYPE = "application/problem+json"


class SignInNeeded(Forbidden):
    """Raised when nobody is signed in and somebody has to be."""

    code = "sign_in_needed"


class CrossSite(Forbidden):
    """Raised when another site's page makes a browser send our cookie."""

    code = "cross_site"


# Looked up in this order: three have a status that HTTP made for them, the rest their kind's.
_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (TooMany, 429),
    (SignInNeeded, 401),
    (SessionOver, 401),
    (ChangedMeanwhile, 412),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Invalid, 422),
    (Payment, 402),
)

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    503: "unavailable",
}

_SENTENCES = {
    400: "This request cannot be read. Send JSON, and say so in Content-Type.",
    404: "There is nothing at this address. The addresses there are: /api/docs.",
    405: "This address does not take this method; Allow says which it takes.",
}

# What pydantic says, in words for a person, where they can be better.
_WORDS = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field. Check its name in /api/docs.",
    "json_invalid": "This is not valid JSON.",
    "uuid_parsing": "This is not an id.",
    "finite_number": "This is not a number.",
    "int_parsing_size": "This number is too large.",
    "model_attributes_type": "Send a JSON object, with Content-Type: application/json.",
    "string_unicode": "There is a character in this text that cannot be stored.",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    details: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as a response.

    `code` is for programs, `detail` a sentence for people; `errors` holds `{"path", "message"}` of
    each input at fault, `details` facts to go on with, such as both instants of a doubled hour.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
    }
    if details:
        body["details"] = dict(details)
    # In ASCII, because the name of a field nobody knows may be anything at all.
    return Response(
        json.dumps(body),
        status,
        headers={"Cache-Control": "no-store"} | dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def unexpected(incident: str) -> Response:
    """Return the problem that names an incident in the log, and nothing else about it."""
    sentence = f"Something went wrong here, and it is not your fault. Incident {incident}."
    details = {"incident": incident, "request_id": logs.current()}
    return problem(500, "unexpected", sentence, details=details)


def install(api: FastAPI) -> None:
    """Make an app answer with problems only."""
    api.add_exception_handler(DomainError, _domain)
    api.add_exception_handler(RequestValidationError, _validation)
    api.add_exception_handler(HTTPException, _http)


def status_of(error: type[DomainError]) -> int:
    """Return the status that a kind of error is answered with."""
    return next((status for kind, status in _STATUS if issubclass(error, kind)), 500)


async def _domain(_: Request, error: Exception) -> Response:
    return from_domain(cast("DomainError", error))


def from_domain(error: DomainError) -> Response:
    """Return a domain error as a problem."""
    status = status_of(type(error))
    errors = [{"path": error.field, "message": error.message}] if error.field else []
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status, error.code, error.message, errors=errors, details=error.details, headers=headers
    )


async def _validation(_: Request, error: Exception) -> Response:
    found = [
        {"path": _path(item), "message": _message(item)}
        for item in cast("RequestValidationError", error).errors()
    ]
    first = found[0]
    where = f"{first['path']}: " if first["path"] else ""
    return problem(422, "invalid", f"{where}{first['message']}", errors=found)


async def _http(_: Request, error: Exception) -> Response:
    raised = cast("HTTPException", error)
    status = raised.status_code
    sentence = _SENTENCES.get(status, str(raised.detail))
    return problem(status, CODES.get(status, "error"), sentence, headers=raised.headers)


def _path(item: Mapping[str, Any]) -> str:
    if item["type"] == "json_invalid":
        return ""
    # The first part says where it came from: body, query, path, header.
    return ".".join(str(part) for part in item["loc"][1:])


def _message(item: Mapping[str, Any]) -> str:
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    said = _WORDS.get(item["type"]) or f"{item['msg']}."
    return said.replace("Input should", "This should")
