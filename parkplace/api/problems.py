"""Errors as OpenAPI describes them.

A route says which statuses it may answer, `responses=problems(404, 409)`, and no more than that.
What goes for every route that knows its caller or takes a body is added by `described`, and so are
the stable codes of each status: they are read out of the code by `make openapi`, which follows each
route down to every error it may raise, and kept in `codes.json`. A code that this cannot see is
named beside the status: `problems(409, SpaceTaken)`. Tests hold every answer against all of it.
"""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from parkplace.api.errors import MEDIA_TYPE, status_of
from parkplace.core.errors import DomainError

CODES = "x-codes"


class FieldProblem(BaseModel):
    """What is wrong with one input."""

    path: str = Field(examples=["rate_card.hour_minor"])
    message: str = Field(examples=["This is needed."])


class Problem(BaseModel):
    """What went wrong (RFC 9457); `code` is stable, `detail` is for people."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["Someone else has this space for some of that time."])
    code: str = Field(examples=["space_taken"])
    errors: list[FieldProblem] = []
    details: dict[str, str] = {}


def problems(*what: int | type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route, for its `responses`.

    Args:
        what: Statuses; and errors whose codes shall be listed under theirs.
    """
    codes: dict[int, list[str]] = {}
    for one in what:
        status = one if isinstance(one, int) else status_of(one)
        codes.setdefault(status, [])
        if not isinstance(one, int):
            codes[status].append(one.code)
    return {status: described_problem(status, known) for status, known in codes.items()}


def described_problem(status: int, codes: list[str]) -> dict[str, Any]:
    """Return the description of a problem with a status, and with codes when some are known."""
    schema = {"$ref": "#/components/schemas/Problem"}
    described: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    return described | {CODES: sorted(codes)} if codes else described
