"""Errors as OpenAPI describes them."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from parkplace.api.errors import MEDIA_TYPE


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


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route, for its `responses`."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }
